import type { TargetRef } from "../../src/core/adapter.js";

export interface Etag {
  /** SHA-256 of the message's bytes in the vault. */
  readonly body: string;
  /** The server refused the message's keywords, whatever its mailbox announces: told as a loss, and not to be found different later. */
  readonly keywordsRefused: boolean;
}

const REFUSED = ":categories";

export function etagOf({ body, keywordsRefused }: Etag): string {
  return keywordsRefused ? `${body}${REFUSED}` : body;
}

export function readEtag({ etag = "" }: TargetRef): Etag {
  const keywordsRefused = etag.endsWith(REFUSED);
  return { body: keywordsRefused ? etag.slice(0, -REFUSED.length) : etag, keywordsRefused };
}
