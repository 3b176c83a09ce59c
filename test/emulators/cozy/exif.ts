/**
 * When a JPEG was taken: DateTimeOriginal, else DateTime (cozy-stack model/vfs/metadata.go, ExifExtractor; EXIF 2.3, section 4.6), read as UTC.
 * Undefined for anything else.
 */
export function exifDate(content: Uint8Array): string | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 10 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at + 1] === 0xe1 && bytes.toString("latin1", at + 4, at + 10) === "Exif\0\0") return tiffDate(bytes.subarray(at + 10, at + 2 + bytes.readUInt16BE(at + 2)));
  }
  return undefined;
}

const DATE_TIME = 0x0132;
const EXIF_IFD = 0x8769;
const ORIGINAL = 0x9003;

function tiffDate(tiff: Buffer): string | undefined {
  const little = tiff.toString("latin1", 0, 2) === "II";
  const u16 = (at: number): number => (at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number): number => (at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const values = (ifd: number): Map<number, number> => new Map(Array.from({ length: Math.min(u16(ifd), 200) }, (_, entry) => [u16(ifd + 2 + entry * 12), u32(ifd + 10 + entry * 12)]));
  const first = values(u32(4));
  const exif = first.get(EXIF_IFD);
  const at = (exif === undefined ? undefined : values(exif).get(ORIGINAL)) ?? first.get(DATE_TIME);
  const match = at === undefined ? null : /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(tiff.toString("latin1", at, at + 19));
  return match === null ? undefined : `${match[1] ?? ""}-${match[2] ?? ""}-${match[3] ?? ""}T${match[4] ?? ""}Z`;
}
