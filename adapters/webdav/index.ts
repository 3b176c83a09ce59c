import { z } from "zod";
import type { DavClient } from "../../src/drivers/dav/client.js";
import { propfind } from "../../src/drivers/dav/verbs.js";
import { davAdapter, davOptions } from "../../src/kit/dav-adapter.js";
import { defineAdapter } from "../../src/kit/define.js";
import { manifest } from "./manifest.js";
import { WebDavSession } from "./session.js";

/** `url` is the folder that receives an account's files; made when it is not there. */
export const options = z.strictObject({ ...davOptions });
export type WebDavOptions = z.infer<typeof options>;

export const adapter = defineAdapter<WebDavOptions>({
  manifest, options,
  create: (chosen, environment) => davAdapter({ manifest, options: chosen, environment, locate, open: (client, root) => new WebDavSession(client, root) }),
});

/** The root need not exist yet; a sign-in that is refused throws. */
async function locate(client: DavClient, signal: AbortSignal): Promise<string> {
  const { pathname } = client.access.base;
  await propfind(client, pathname, ["{DAV:}resourcetype"], signal);
  return pathname;
}
