import type { CardLine } from "./vcard.js";

export interface ContactPhoto {
  readonly bytes: Buffer;
  readonly type: string;
  /** Pixels; null where the format does not tell them in a known way. */
  readonly width: number | null;
  readonly height: number | null;
}

/** PHOTO inline: ENCODING=BASE64 or b (2.1, 3.0) or a `data:` URI (4.0, RFC 2397). A link to elsewhere is no photo of the mailbox. */
export function photoOf(lines: readonly CardLine[], warn: (reason: string) => void): ContactPhoto | undefined {
  const line = lines.find(({ name }) => name === "PHOTO");
  if (line === undefined) return undefined;
  const uri = /^data:([^;,]*)[^,]*;base64,(.*)$/is.exec(line.value.trim());
  const encoding = line.parameters["ENCODING"]?.[0]?.toUpperCase();
  const encoded = uri?.[2] ?? (encoding === "B" || encoding === "BASE64" ? line.value : undefined);
  const bytes = Buffer.from(encoded ?? "", "base64");
  if (bytes.length === 0) {
    warn("a photo that is a link is not served");
    return undefined;
  }
  const told = (line.parameters["TYPE"]?.[0] ?? "jpeg").toLowerCase();
  return { bytes, type: uri?.[1] || (told.includes("/") ? told : `image/${told}`), ...sizeOf(bytes) };
}

/** PNG: the IHDR chunk (PNG specification 11.2.2); JPEG: the first frame header (ITU T.81 B.2.2). */
function sizeOf(bytes: Buffer): { width: number | null; height: number | null } {
  if (bytes.length >= 24 && bytes.toString("latin1", 1, 4) === "PNG") return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8) {
    for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
      const marker = bytes[at + 1] ?? 0;
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
  }
  return { width: null, height: null };
}
