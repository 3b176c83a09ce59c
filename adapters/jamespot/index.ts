import { z } from "zod";
import type { Adapter } from "../../src/core/adapter.js";
import { JamespotClient } from "../../src/drivers/jamespot/client.js";
import { categories } from "../../src/drivers/jamespot/spots.js";
import { ByAccount, byAccount } from "../../src/kit/by-account.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { secretRef } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
import { FoundPosts } from "./found-posts.js";
import { Groups } from "./groups.js";
import { foresee, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";
import { JamespotSession } from "./session.js";

export const options = z.strictObject({
  /** Address of the platform. */
  url: webAddress,
  /** Service account, with a password of its own: every post is its. */
  user: z.string().min(1),
  password: secretRef,
  /** That Jamespot has agreed to a program of yours using the interface of its pages, which its client's README keeps for them. */
  vendorAgreement: z.literal(true, { error: "the vendor keeps this interface for its own pages: ask Jamespot for its agreement, then write vendorAgreement: true (docs/targets/jamespot.md)" }),
  /** Category of the groups that are made, by its identifier (`doctor` lists them). Without it none is made: all are named in `groups`. */
  category: z.string().min(1).optional(),
  /** Groups that you made, by their numbers: "Team" for what the team itself tells, "Team/Channel" for a channel. */
  groups: byAccount(z.number().int().positive()).default({}),
  /** Time zone in which the original dates are told. */
  timeZone: z.string().refine(isZone, "no time zone of that name (Europe/Paris, Indian/Reunion …)").default("Europe/Paris"),
  ...httpOptions,
});
export type JamespotOptions = z.infer<typeof options>;

const AGREED = {
  en: "by the vendor's agreement that the configuration states, with the interface of the product's own pages; nothing was tried on a real platform: begin with one team, and look at it",
  fr: "selon l'accord de l'éditeur dont la configuration fait état, par l'interface des pages du produit ; rien n'a été essayé sur une vraie plateforme : commencez par une équipe, et regardez-la",
} as const;
const CATEGORIES = { en: "categories", fr: "catégories" } as const;

export const adapter = defineAdapter<JamespotOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const { url, user, password, category, timeZone } = chosen;
    const { lang } = environment;
    const given = new ByAccount(chosen.groups);
    const secret = (await environment.secret(password)).trim();
    const clientFor = (account: string): JamespotClient => new JamespotClient({ ...httpAccess(chosen, environment, account), base: new URL(url), mail: user, password: secret });
    return {
      manifest,
      check: (signal) => checked(clientFor(user), environment, signal, async (client) => {
        const { id, title } = await client.me(signal);
        const told = (await categories(client, signal)).map((one) => `${one.id} ${one.label}`);
        if (category !== undefined && !told.some((one) => one.startsWith(`${category} `))) throw client.error("TARGET_CONTAINER_REFUSED", `category ${category}; ${told.join(", ")}`);
        return { code: "JAMESPOT_SIGN_IN", message: `${title === "" ? user : title} (user/${id}), ${AGREED[lang]}; ${CATEGORIES[lang]}: ${told.join(", ")}` };
      }),
      connect: (account) => {
        const client = clientFor(account.name);
        const found = new FoundPosts(async (signal) => (await client.me(signal)).id);
        return Promise.resolve(new JamespotSession({ client, found, account, groups: new Groups(client, { lang, category }), given, lang, zone: timeZone }));
      },
      foresee, foreseePlace,
      close: () => Promise.resolve(),
    };
  },
});

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (thrown) {
    // ECMA-402 section 11.1.2.
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}
