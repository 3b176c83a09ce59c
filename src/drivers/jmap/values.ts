/** UTCDate (RFC 8620 §1.4) in whole seconds, as servers keep the time of arrival. */
export function utcDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** What is no text, null among it, is none. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
