import { z } from "zod";
import { JsonClient } from "../../src/drivers/http/json-client.js";
import { bearerOptions, tokensOf } from "../../src/kit/bearer-sign-in.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { fillTemplate } from "../../src/kit/options.js";
import { folderUrl, webAddress } from "../../src/kit/web-address.js";
import { Items, meaning } from "./items.js";
import { manifest } from "./manifest.js";
import { losses } from "./names.js";
import { FichiersSession } from "./session.js";

export const options = z.strictObject({
  /** Address of Fichiers. */
  url: webAddress,
  signIn: bearerOptions,
  /** Title of the folder that receives an account's files, among those of whoever signs in. */
  folder: z.string().min(1).default("{account}"),
  /** As the server's AWS_S3_UPLOAD_ACL; sent where the address for bytes signs it. */
  acl: z.string().min(1).default("private"),
  ...httpOptions,
});
export type FichiersOptions = z.infer<typeof options>;

export const adapter = defineAdapter<FichiersOptions>({
  manifest, options,
  async create(chosen, environment) {
    const { url, signIn, folder, acl } = chosen;
    const tokens = await tokensOf(signIn, chosen, environment);
    const base = new URL("external_api/v1.0/", folderUrl(url));
    const clientFor = (account: string): JsonClient => new JsonClient({ ...httpAccess(chosen, environment, account), base, tokens: tokens(account) }, meaning);
    return {
      manifest,
      check: (signal) => checked(clientFor(""), environment, signal, (client) => whoIs(client, signal)),
      connect: ({ owner, name }) => {
        const client = clientFor(name);
        return Promise.resolve(new FichiersSession(new Items(client, acl), { target: environment.target, seed: `${owner.id}/root`, title: fillTemplate(folder, name) }, () => client.close()));
      },
      foresee: (item) => losses.foresee(item),
      foreseePlace: (container) => losses.foreseePlace(container),
      close: () => Promise.resolve(),
    };
  },
});

/** Who signs in, and that their items are listed; writes nothing. */
async function whoIs(client: JsonClient, signal: AbortSignal): Promise<{ readonly code: string; readonly message: string }> {
  const me = await client.read(z.object({ email: z.string().nullish() }), "GET", "users/me/", { action: "get_me", signal });
  await client.request("GET", "items/?page_size=1", { action: "list", signal });
  return { code: "FICHIERS_SIGN_IN", message: me?.email ?? "" };
}
