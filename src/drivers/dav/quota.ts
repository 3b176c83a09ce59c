import type { DavClient } from "./client.js";
import { textOf } from "./multistatus.js";
import { propfind } from "./verbs.js";
import { DAV } from "./xml.js";

const AVAILABLE = `{${DAV}}quota-available-bytes`;

/** Bytes that may still be stored in a collection (RFC 4331 section 3); undefined where the server does not tell. */
export async function spaceAt(client: DavClient, path: string, signal: AbortSignal): Promise<number | undefined> {
  const told = textOf(await propfind(client, path, [AVAILABLE], signal), AVAILABLE);
  return told === undefined || !/^\d+$/.test(told) ? undefined : Number(told);
}
