/** Mail servers keep the time of arrival in whole seconds (RFC 3501 section 9, date-time). */
export function sameSecond(a: Date, b: Date): boolean {
  return Math.floor(a.getTime() / 1_000) === Math.floor(b.getTime() / 1_000);
}
