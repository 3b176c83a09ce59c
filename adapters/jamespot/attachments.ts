import type { PutContext } from "../../src/core/adapter.js";
import type { JamespotClient, UploadedFile } from "../../src/drivers/jamespot/client.js";
import { headed } from "../../src/lib/first-piece.js";
import { namedKind } from "../../src/lib/media-types.js";
import type { Part } from "./message.js";

/** A part by the name that it has at the target. */
export interface NamedPart extends Part {
  readonly mediaType: string;
}

/** Names hang on what the bytes are: a picture's id has no extension. */
export async function namedParts(parts: readonly Part[], { open }: Pick<PutContext, "open">): Promise<readonly NamedPart[]> {
  const named: NamedPart[] = [];
  for (const part of parts) {
    const { head, bytes } = await headed(open(part.blob)[Symbol.asyncIterator]());
    await bytes[Symbol.asyncIterator]().return?.();
    named.push({ ...part, ...namedKind(head, part) });
  }
  return named;
}

/** Files that are to hang on a post, and those that hang there and are not. */
export function changedFiles(wanted: readonly NamedPart[], standing: readonly UploadedFile[]): { readonly missing: readonly NamedPart[]; readonly left: readonly UploadedFile[] } {
  const left = [...standing];
  const missing = wanted.filter(({ name, blob }) => {
    const at = left.findIndex(({ title, size }) => title === name && size === blob.size);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { missing, left };
}

/** Answers how many were too large for the platform. */
export async function sendFiles(client: JamespotClient, token: string, files: readonly NamedPart[], { open, signal }: Pick<PutContext, "open" | "signal">): Promise<number> {
  let refused = 0;
  for (const { name, mediaType, blob } of files) {
    const sent = await client.upload(token, { name, mediaType, size: blob.size }, () => open(blob), signal);
    if (sent === undefined) refused += 1;
    else if (sent.size !== blob.size) throw client.error("TARGET_PASSING", `file/create: ${sent.size} / ${blob.size}`);
  }
  return refused;
}
