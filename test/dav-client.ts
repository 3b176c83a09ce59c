import { DavClient } from "../src/drivers/dav/client.js";
import type { RunningServer } from "./servers.js";
import { testAccess } from "./environment.js";

export const SECRET = "secret";

/** A client of the tests' own, to look at a server beside the adapter. */
export function davClient({ host, port }: RunningServer, account: string, path = "/", { user, password } = { user: account, password: SECRET }): DavClient {
  return new DavClient({ ...testAccess("dav", account), base: new URL(path, `http://${host}:${port}`), user, password });
}

/** Runs with a client that is closed at the end. */
export async function withDav<T>(server: RunningServer, account: string, work: (client: DavClient) => Promise<T>, signIn?: { readonly user: string; readonly password: string }): Promise<T> {
  const client = davClient(server, account, "/", signIn);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

export const NO_ABORT = new AbortController().signal;
