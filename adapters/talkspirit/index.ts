import { z } from "zod";
import { failedCheck } from "../../src/core/failed-check.js";
import type { CheckResult } from "../../src/core/source.js";
import { byChannel } from "../../src/kit/by-channel.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { unsureOption } from "../../src/kit/one-way.js";
import { secretRef } from "../../src/kit/options.js";
import { zoneOption } from "../../src/kit/zone-option.js";
import { WebhookClient } from "./client.js";
import { foresee } from "./losses.js";
import { manifest } from "./manifest.js";
import { TalkspiritSession } from "./session.js";
import { Webhooks } from "./webhooks.js";

/** Shown to people, who follow them; nothing is sent there. */
const LINK = z.string().regex(/^https:\/\//, "an address starts with https://");

export const options = z.strictObject({
  /** By team (its account name) and by name of channel, or "*" for the others of the team: the secret that is the address of the webhook of a group. */
  webhooks: byChannel(secretRef),
  /** What became of messages whose last call got no answer: "report" names them, "arrived" takes them for sent, "send" sends them (again). */
  unsure: unsureOption,
  /** IANA name of the zone in which dates are told. */
  zone: zoneOption,
  /** Page that posts and their authors' names lead to. */
  link: LINK.optional(),
  /** Picture beside every author's name. */
  icon: LINK.optional(),
  /** Where people find the hand-over package with the same channels: messages with pictures or files then name their page in it. */
  handOver: z.string().min(1).optional(),
  ...httpOptions,
});
export type TalkspiritOptions = z.infer<typeof options>;

export const adapter = defineAdapter<TalkspiritOptions>({
  manifest, options,
  async create({ webhooks: named, ...chosen }, environment) {
    const webhooks = await Webhooks.read(named, environment);
    return {
      manifest,
      check: () => check(webhooks, environment),
      connect: (account) => {
        const { target, lang } = environment;
        return Promise.resolve(new TalkspiritSession({ ...chosen, target, lang, account, webhooks, client: new WebhookClient(httpAccess(chosen, environment, account.name)) }));
      },
      foresee, foreseePlace: () => [],
      close: () => Promise.resolve(),
    };
  },
});

/** The form of the addresses: the interface has no call that only looks. */
async function* check(webhooks: Webhooks, { target: subject, lang }: AdapterEnvironment): AsyncGenerator<CheckResult> {
  const { count, faults } = webhooks.looked();
  for (const fault of faults) yield failedCheck(subject, fault, lang);
  if (faults.length === 0) yield await Promise.resolve({ subject, ok: true, code: "TALKSPIRIT_WEBHOOKS", message: SAID[lang](count) });
}

const SAID = {
  en: (count: number): string => `${count} incoming webhooks named; none was called, since a call is a post`,
  fr: (count: number): string => `${count} webhooks entrants nommés ; aucun n'a été appelé, un appel étant une publication`,
} as const;
