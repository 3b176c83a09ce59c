/** IMAP system flags that JMAP tells as keywords (RFC 8621 §4.1.1). */
const SYSTEM: Readonly<Record<string, string>> = { "\\seen": "$seen", "\\flagged": "$flagged", "\\draft": "$draft", "\\answered": "$answered" };
const FLAGS: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(SYSTEM).map(([flag, keyword]) => [keyword, flag]));

/** JMAP's form of an IMAP flag or keyword: lower case. */
export function keywordOf(flag: string): string {
  const lower = flag.toLowerCase();
  return SYSTEM[lower] ?? lower;
}

/** IMAP's form of a keyword, as far as case goes. */
export function flagOf(keyword: string): string {
  return FLAGS[keyword.toLowerCase()] ?? keyword;
}
