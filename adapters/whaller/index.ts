import { z } from "zod";
import { ExodusError } from "../../src/core/errors.js";
import { ByAccount, byAccount } from "../../src/kit/by-account.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { unsureOption } from "../../src/kit/one-way.js";
import { fillTemplate, secretRef } from "../../src/kit/options.js";
import { folderUrl, webAddress } from "../../src/kit/web-address.js";
import { Box } from "./box.js";
import { WhallerClient } from "./client.js";
import { manifest } from "./manifest.js";
import { foresee, foreseePlace } from "./names.js";
import { WhallerSession } from "./session.js";
import { applicationHeader, personTokens } from "./sign-in.js";

export const options = z.strictObject({
  /** Address of Whaller. */
  url: webAddress,
  /** Credentials of the interface, which Whaller sells. */
  clientId: z.string().min(1),
  clientToken: secretRef,
  /** Service person, with a password of its own: every folder and file is its. */
  login: z.string().min(1),
  password: secretRef,
  /** That the vendor's client never ran this part as published, so that nobody has seen it work. */
  untried: z.literal(true, { error: "the vendor's own client cannot run the upload as published, so that nobody has seen it work: try it in a sphere of yours, then write untried: true (docs/targets/whaller.md)" }),
  /** By account, the external id of the sphere whose box gets its files: its members can read them. */
  spheres: byAccount(z.string().regex(/^[\w-]+$/, "the external id of a sphere is the word after /sphere/ in its address")),
  /** Name of the folder that receives an account's files; accounts of one sphere have folders of their own. */
  folder: z.string().min(1).default("{account}"),
  /** What became of files whose call got no answer: "report" names them, "arrived" takes them for sent, "send" sends them (again), and makes folders. */
  unsure: unsureOption,
  /** What the vendor's client leaves open: what an upload bears … */
  uploadAuth: z.enum(["bearer", "application", "both"]).default("bearer"),
  /** … and where its fields go. */
  uploadFields: z.enum(["form", "query"]).default("form"),
  /** Minutes after which a token is renewed; how long one lives is told nowhere. */
  renewAfter: z.number().min(1).max(1_440).default(30),
  ...httpOptions,
}).refine(({ spheres, folder }) => folder.includes("{account}") || new Set(Object.values(spheres)).size === Object.keys(spheres).length,
  { path: ["folder"], error: "two accounts have one sphere: their folders need {account} in the name, or could not be told apart" });
export type WhallerOptions = z.infer<typeof options>;

const SAID = {
  en: { untried: "files are sent in a way that the vendor's client shows and cannot run: begin with one small sphere, and look at it", spheres: "spheres told:", unseen: "not told among them, as far as is seen:" },
  fr: { untried: "les fichiers sont envoyés d'une façon que le client de l'éditeur montre sans pouvoir l'exécuter : commencez par une petite sphère, et regardez-la", spheres: "sphères annoncées :", unseen: "pas vues parmi elles :" },
} as const;

export const adapter = defineAdapter<WhallerOptions>({
  manifest, options,
  async create(chosen, environment) {
    const { url, clientId, login, folder, unsure, uploadAuth, uploadFields, renewAfter } = chosen;
    const { target, lang, secret } = environment;
    const application = applicationHeader(clientId, (await secret(chosen.clientToken)).trim());
    const base = new URL("api/", folderUrl(url));
    const tokens = personTokens({ ...httpAccess(chosen, environment, login), base, application, login, password: (await secret(chosen.password)).trim(), renewMs: renewAfter * 60_000 });
    const clientFor = (account: string): WhallerClient => new WhallerClient({ ...httpAccess(chosen, environment, account), base, tokens, application, uploadAuth, uploadFields });
    const spheres = new ByAccount(chosen.spheres);
    return {
      manifest,
      check: (signal) => checked(clientFor(login), environment, signal, async (client) => {
        await client.get("me", signal);
        const told = await client.get("me/spheres", signal);
        const unseen = [...new Set(spheres.all)].filter((sphere) => !mentions(told, sphere));
        const { untried, spheres: counted, unseen: missing } = SAID[lang];
        return { code: "WHALLER_SIGN_IN", message: [login, untried, `${counted} ${Array.isArray(told) ? told.length : "?"}`, ...(unseen.length === 0 ? [] : [`${missing} ${unseen.join(", ")}`])].join("; ") };
      }),
      connect: ({ name }) => {
        const sphere = spheres.of(name);
        if (sphere === undefined) return Promise.reject(new ExodusError("TARGET_NO_SPHERE", { params: { target, account: name } }));
        const client = clientFor(name);
        return Promise.resolve(new WhallerSession({ target, box: new Box(client), sphere, folder: fillTemplate(folder, name), unsure, close: () => client.close() }));
      },
      foresee, foreseePlace,
      close: () => tokens.close(),
    };
  },
});

/** Whether a list that nobody describes has the word as a value anywhere. */
function mentions(told: unknown, word: string): boolean {
  return JSON.stringify(told).includes(JSON.stringify(word));
}
