import { z } from "zod";
import { chatsOf } from "../../src/drivers/wimi/chats.js";
import { WimiClient } from "../../src/drivers/wimi/client.js";
import { ByAccount, byAccount } from "../../src/kit/by-account.js";
import { ByChannel, byChannel } from "../../src/kit/by-channel.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { unsureOption } from "../../src/kit/one-way.js";
import { secretRef } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
import { zoneOption } from "../../src/kit/zone-option.js";
import { ChannelSession, foreseeMessage } from "./channels.js";
import { Directories } from "./directories.js";
import { manifest } from "./manifest.js";
import { foreseePlace, losses } from "./names.js";
import { Places } from "./places.js";
import { Projects } from "./projects.js";
import { WimiSession } from "./session.js";

export const options = z.strictObject({
  /** Address of the interface, and where bytes are sent and fetched. */
  url: webAddress.default("https://api.wimi.pro/"),
  filesUrl: webAddress.default("https://api.files.wimi.pro/"),
  /** Name of the organisation's account, as at sign-in. */
  account: z.string().min(1),
  /** Service account, with a password of its own and without double authentication: every file is its. */
  user: z.string().min(1),
  password: secretRef,
  /** Made in the account's settings. */
  appToken: secretRef,
  /** That you know that this was tried on no real account, and rests in part on what programs of third parties do. */
  untried: z.literal(true, { error: "nobody has tried this on a real account, and how files are sent rests on a third party's program alone: read docs/targets/wimi.md, then write untried: true" }),
  /** Workspaces that you made, by account: number or name. */
  projects: byAccount(z.union([z.number().int().positive(), z.string().min(1)])).default({})
    .refine((named) => new Set(Object.values(named)).size === Object.keys(named).length, "a workspace is one account's: what two write there at once would be doubled or lost"),
  /** Category of the workspaces that are made, by its number (0: none). Without it none is made: all are named in `projects`. */
  category: z.number().int().nonnegative().optional(),
  /** Name of a workspace that is made; a reference by which it is found again follows it. */
  name: z.string().min(1).default("{account}"),
  /** Most files and folders in one workspace; more are not put there. */
  entries: z.number().int().positive().default(50_000),
  /** Chats that receive channels, by team (its account name) and by name of channel, or "*" for the others of the team: the chat's number. */
  channels: byChannel(z.number().int().positive()).default({}),
  /** What became of messages whose last call got no answer: "report" names them, "arrived" takes them for sent, "send" sends them (again). */
  unsure: unsureOption,
  /** IANA name of the zone in which dates of messages are told. */
  zone: zoneOption,
  /** Sends the MD5 of each file, which is then read twice here. */
  md5: z.boolean().default(false),
  ...httpOptions,
});
export type WimiOptions = z.infer<typeof options>;

/** Chats that `doctor` names. */
const LISTED = 50;
const WORDS = {
  en: { untried: "nobody has tried this on a real account: begin with one account, and look at its workspace; an account with Wimi's end-to-end encryption (Armoured) cannot be told from here, ask the vendor first", seen: "workspaces seen", chats: "chats" },
  fr: { untried: "personne ne l'a essayé sur un vrai compte : commencez par un compte, et regardez son espace ; un compte au chiffrement de bout en bout (Armoured) ne se reconnaît pas d'ici, demandez d'abord à l'éditeur", seen: "espaces visibles", chats: "conversations" },
} as const;

export const adapter = defineAdapter<WimiOptions>({
  manifest, options,
  async create(chosen, environment) {
    const { url, filesUrl, account: accountName, user: login, category, name, entries, md5, unsure, zone } = chosen;
    const { target, lang } = environment;
    const given = new ByAccount(chosen.projects);
    const chats = new ByChannel(chosen.channels);
    const [password, appToken] = [(await environment.secret(chosen.password)).trim(), (await environment.secret(chosen.appToken)).trim()];
    const client = new WimiClient({ ...httpAccess(chosen, environment, login), base: new URL(url), files: new URL(filesUrl), accountName, login, password, appToken });
    const projects = new Projects(client, { given, category, name });
    // `checked` closes what it is given: this client is everybody's.
    const shared = { close: () => Promise.resolve() };
    return {
      manifest,
      check: (signal) => checked(shared, environment, signal, async () => {
        const seen = await client.projects(signal, true);
        for (const one of given.all) projects.given(one, seen);
        const { untried, seen: told, chats: listed } = WORDS[lang];
        const found = chats.all.length === 0 ? [] : [`${listed}: ${(await chatsOf(client, signal)).slice(0, LISTED).join(", ")}`];
        return { code: "WIMI_SIGN_IN", message: [login, `${seen.length} ${told}`, ...found, untried].join("; ") };
      }),
      connect: (account, workload) => {
        if (workload === "channels") return Promise.resolve(new ChannelSession({ client, target, lang, zone, unsure, account, chats }));
        const directories = new Directories(client);
        const room = (): void => {
          if (directories.entries >= entries) throw client.error("TARGET_QUOTA_FULL", `${entries} files and folders in one workspace ("entries")`);
        };
        return Promise.resolve(new WimiSession({ client, directories, md5, room, places: new Places({ client, directories, projects, account, room }) }));
      },
      foresee: (item) => (item.key.workload === "channels" ? foreseeMessage(item) : losses.foresee(item)),
      foreseePlace: (container) => (container.workload === "channels" ? [] : foreseePlace(container)),
      close: () => client.close(),
    };
  },
});
