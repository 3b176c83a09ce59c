import type { DavClient } from "./client.js";

/** What a server tells of itself in answer to OPTIONS. */
export interface ServerTraits {
  /** Tokens of the `DAV` header (RFC 4918 section 10.1), lower case. */
  readonly features: ReadonlySet<string>;
  /** `Server` header (RFC 9110 section 10.2.4), which an administrator may hide. */
  readonly product: string;
  /** sabre/dav names its version in a header of its own, unless told to hide it. */
  readonly sabre: boolean;
  /** Whether the collection stood. */
  readonly there: boolean;
}

/** Asks a collection that stands. A server that refuses OPTIONS tells nothing. */
export function traitsOf(client: DavClient, path: string, signal: AbortSignal): Promise<ServerTraits> {
  return client.request("OPTIONS", path, { expect: [403, 404, 405, 501], signal }, (answer) => Promise.resolve({
    features: new Set((answer.header("dav") ?? "").toLowerCase().split(",").map((token) => token.trim()).filter((token) => token !== "")),
    product: answer.header("server") ?? "",
    there: answer.status !== 404,
    sabre: answer.header("x-sabre-version") !== undefined,
  }));
}

/** Major version of Cyrus; undefined for any other server. */
export function cyrusVersion({ product }: Pick<ServerTraits, "product">): number | undefined {
  const major = /^Cyrus-HTTP\/(\d+)\./.exec(product)?.[1];
  return major === undefined ? undefined : Number(major);
}
