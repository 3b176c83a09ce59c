/** First bytes of the pictures that Teams hosts. */
const SIGNATURES: readonly (readonly [type: string, extension: string, bytes: RegExp])[] = [
  ["image/png", ".png", /^\x89PNG\r\n/],
  ["image/jpeg", ".jpg", /^\xff\xd8\xff/],
  ["image/gif", ".gif", /^GIF8/],
  ["image/webp", ".webp", /^RIFF....WEBP/s],
];

export interface Kind {
  readonly mediaType: string;
  readonly extension: string;
}

/** What the bytes are, since Graph does not tell: a picture by its first bytes, else what was told, else bytes. */
export function kindOf(head: Uint8Array, told: string | undefined): Kind {
  const text = Buffer.from(head.subarray(0, 12)).toString("latin1");
  const found = SIGNATURES.find(([, , bytes]) => bytes.test(text));
  if (found !== undefined) return { mediaType: found[0], extension: found[1] };
  return { mediaType: told ?? "application/octet-stream", extension: "" };
}

/** A file's media type, and its name with the extension of a picture that lacks it. */
export function namedKind(head: Uint8Array, { name, mediaType: told }: { readonly name: string; readonly mediaType?: string | undefined }): { readonly name: string; readonly mediaType: string } {
  const { mediaType, extension } = kindOf(head, told);
  return { mediaType, name: extension === "" || name.endsWith(extension) ? name : `${name}${extension}` };
}
