import { z } from "zod";
import type { Adapter } from "../../src/core/adapter.js";
import { PROFILES, type Profile } from "../../src/drivers/netframe/channels.js";
import { NetframeClient } from "../../src/drivers/netframe/client.js";
import { ByAccount, byAccount } from "../../src/kit/by-account.js";
import { ByChannel, byChannel } from "../../src/kit/by-channel.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { secretRef } from "../../src/kit/options.js";
import { folderUrl, webAddress } from "../../src/kit/web-address.js";
import { zoneOption } from "../../src/kit/zone-option.js";
import { look } from "./check.js";
import { foreseeFile, losses as fileLosses } from "./document-names.js";
import { DocumentPlaces } from "./document-places.js";
import { DocumentSession } from "./documents.js";
import { FoundMessages } from "./found-messages.js";
import { foresee, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";
import { OwnChannels } from "./own-channels.js";
import { NetframeSession } from "./session.js";

const number = z.number().int().positive();

export const options = z.strictObject({
  /** Address of the instance: a host of its own. */
  url: webAddress,
  /** Service person, with a password of its own: every message is its. */
  user: z.email(),
  password: secretRef,
  /** That you know what this is: the pages' own forms, which any release may change. */
  brittle: z.literal(true, { error: "this drives the forms of Netframe's own pages, which any release may change, and nobody has tried it on a real instance: read docs/targets/netframe.md, begin with one team that can be lost, then write brittle: true" }),
  /** By team or account name, or "*" for the others: the house, community or project that new channels belong to, and whose documents receive the files, as "house/12". Without one, none is made. */
  profiles: byAccount(z.string().regex(/^(?:house|community|project)\/[1-9]\d*$/, "house/NUMBER, community/NUMBER or project/NUMBER")).default({}),
  /** By team and by name of channel, or "*" for the others of the team: number of a channel that you made. */
  channels: byChannel(number).default({}).refine(areApart, "a channel is one team's: two that write to it at once could not tell what stands there"),
  /** Name of the folder that an account's files are put into, in the documents of its group; a reference by which it is found again follows it. */
  folder: z.string().min(1).default("{account}"),
  /** Writes into channels that have members, each of whom gets every message on the phone. */
  notify: z.boolean().default(false),
  /** Time zone in which the original dates are told. */
  timeZone: zoneOption,
  ...httpOptions,
});
export type NetframeOptions = z.infer<typeof options>;

export const adapter = defineAdapter<NetframeOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const { url, user, password, profiles: named, folder, channels, notify, timeZone } = chosen;
    const { lang } = environment;
    const secret = await environment.secret(password);
    const base = folderUrl(url);
    const clientFor = (account: string): NetframeClient => new NetframeClient({ ...httpAccess(chosen, environment, account), base, mail: user, password: secret.trim() });
    const profiles = new ByAccount(Object.fromEntries(Object.entries(named).map(([team, told]) => [team, profileOf(told)])));
    const given = new ByChannel(channels);
    return {
      manifest,
      check: (signal) => checked(clientFor(user), environment, signal, (client) => look(client, { mail: user, profiles: profiles.all, given: given.all, notify, lang }, signal)),
      connect: (account, workload) => {
        const client = clientFor(account.name);
        const profile = profiles.of(account.name) ?? profiles.of("*");
        if (workload === "files") return Promise.resolve(new DocumentSession({ client, places: new DocumentPlaces({ client, account, profile, folder }) }));
        const own = new OwnChannels({ client, lang, profile, notify });
        return Promise.resolve(new NetframeSession({ client, found: new FoundMessages(client), channels: own, account, given, lang, zone: timeZone }));
      },
      foresee: (item) => (item.key.workload === "files" ? foreseeFile(item) : foresee(item)),
      foreseePlace: (container) => (container.workload === "files" ? fileLosses.foreseePlace(container) : foreseePlace(container)),
      close: () => Promise.resolve(),
    };
  },
});

/** Sessions of two teams know nothing of each other (`GAP_MS`). */
function areApart(named: Readonly<Record<string, Readonly<Record<string, number>>>>): boolean {
  const all = Object.values(named).flatMap((channels) => [...new Set(Object.values(channels))]);
  return all.length === new Set(all).size;
}

/** Of a text that the schema has let through. */
function profileOf(told: string): Profile {
  const [type = "", id = ""] = told.split("/");
  return { type: PROFILES.find((one) => one === type) ?? "house", id: Number(id) };
}
