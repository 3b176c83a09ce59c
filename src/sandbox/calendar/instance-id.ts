/** Opaque id of a part of something (an occurrence of a series, the n-th event of a file): reversible, so that it can be looked up. */
export function instanceId(whole: string, part: string): string {
  return Buffer.from(`${whole}\n${part}`).toString("base64url");
}

/** The other way; undefined for an id that is no part of anything. */
export function partOf(id: string): { readonly whole: string; readonly part: string } | undefined {
  const [whole = "", part, ...rest] = Buffer.from(id, "base64url").toString("utf8").split("\n");
  return part === undefined || rest.length > 0 || instanceId(whole, part) !== id ? undefined : { whole, part };
}

/** Start of a global object id in hexadecimal ([MS-OXOCAL] section 2.2.1.27); the next four bytes hold the date of the instance. */
const GLOBAL_OBJECT_ID = /^040000008200E00074C5B7101A82E008/i;

/**
 * `iCalUId` of one occurrence: Outlook's own identifiers carry its date ("different for each occurrence", api-reference/v1.0/resources/event),
 * those of other programs are the same for the whole series.
 */
export function instanceUid(uid: string, day: string): string {
  if (!GLOBAL_OBJECT_ID.test(uid)) return uid;
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const stamp = [[year, 4], [month, 2], [date, 2]].map(([value = 0, width = 2]) => value.toString(16).padStart(width, "0").toUpperCase()).join("");
  return `${uid.slice(0, 32)}${stamp}${uid.slice(40)}`;
}
