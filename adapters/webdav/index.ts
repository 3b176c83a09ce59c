import { z } from "zod";
import type { DavClient } from "../../src/drivers/dav/client.js";
import { propfind } from "../../src/drivers/dav/verbs.js";
import { MOST_SERVERS, type ServerNames } from "../../src/drivers/webdav/names.js";
import { davAdapter, davOptions } from "../../src/kit/dav-adapter.js";
import { defineAdapter, type AdapterModule } from "../../src/kit/define.js";
import { foresee, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";
import { WebDavSession } from "./session.js";

/** `url` is the folder that receives an account's files; made when it is not there. */
export const options = z.strictObject({ ...davOptions });
export type WebDavOptions = z.infer<typeof options>;

export const adapter = webdavAdapter(MOST_SERVERS);

/** The adapter for a platform whose server is known to take other names than most. */
export function webdavAdapter(names: ServerNames): AdapterModule<WebDavOptions> {
  return defineAdapter<WebDavOptions>({
    manifest, options,
    create: (chosen, environment) => davAdapter({
      manifest, options: chosen, environment, locate, open: (client, root) => new WebDavSession(client, root, names),
      foresee: (item) => foresee(item, names), foreseePlace: (container) => foreseePlace(container, names),
    }),
  });
}

/** The root need not exist yet; a sign-in that is refused throws. */
async function locate(client: DavClient, signal: AbortSignal): Promise<string> {
  const { pathname } = client.access.base;
  await propfind(client, pathname, ["{DAV:}resourcetype"], signal);
  return pathname;
}
