import { z } from "zod";
import { WimiClient } from "../../src/drivers/wimi/client.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { secretRef } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
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
  projects: z.record(z.string(), z.union([z.number().int().positive(), z.string().min(1)])).default({}),
  /** Category of the workspaces that are made, by its number (0: none). Without it none is made: all are named in `projects`. */
  category: z.number().int().nonnegative().optional(),
  /** Name of a workspace that is made; a reference by which it is found again follows it. */
  name: z.string().min(1).default("{account}"),
  /** Most files and folders in one workspace; more are not put there. */
  entries: z.number().int().positive().default(50_000),
  /** Sends the MD5 of each file, which is then read twice here. */
  md5: z.boolean().default(false),
  ...httpOptions,
});
export type WimiOptions = z.infer<typeof options>;

const WORDS = {
  en: { untried: "nobody has tried this on a real account: begin with one account, and look at its workspace; an account with Wimi's end-to-end encryption (Armoured) cannot be told from here, ask the vendor first", seen: "workspaces seen" },
  fr: { untried: "personne ne l'a essayé sur un vrai compte : commencez par un compte, et regardez son espace ; un compte au chiffrement de bout en bout (Armoured) ne se reconnaît pas d'ici, demandez d'abord à l'éditeur", seen: "espaces visibles" },
} as const;

export const adapter = defineAdapter<WimiOptions>({
  manifest, options,
  async create(chosen, environment) {
    const { url, filesUrl, account: accountName, user: login, projects: given, category, name, entries, md5 } = chosen;
    const [password, appToken] = [(await environment.secret(chosen.password)).trim(), (await environment.secret(chosen.appToken)).trim()];
    const client = new WimiClient({ ...httpAccess(chosen, environment, login), base: new URL(url), files: new URL(filesUrl), accountName, login, password, appToken });
    const projects = new Projects(client, { given, category, name });
    // `checked` closes what it is given: this client is everybody's.
    const shared = { close: () => Promise.resolve() };
    return {
      manifest,
      check: (signal) => checked(shared, environment, signal, async () => {
        const seen = await client.projects(signal, true);
        for (const one of Object.values(given)) projects.given(one, seen);
        const { untried, seen: told } = WORDS[environment.lang];
        return { code: "WIMI_SIGN_IN", message: `${login}; ${seen.length} ${told}; ${untried}` };
      }),
      connect: (account) => {
        const directories = new Directories(client);
        const room = (): void => {
          if (directories.entries >= entries) throw client.error("TARGET_QUOTA_FULL", `${entries} files and folders in one workspace ("entries")`);
        };
        return Promise.resolve(new WimiSession({ client, directories, md5, room, places: new Places({ client, directories, projects, account, room }) }));
      },
      foresee: (item) => losses.foresee(item),
      foreseePlace,
      close: () => client.close(),
    };
  },
});
