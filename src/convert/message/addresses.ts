/** Schemes that open a page, a letter or a call, and run nothing. */
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "mailto:", "tel:"]);

/**
 * An address as the URL standard writes it, or undefined when it is relative, not readable or of a scheme that may do more than open something. The standard's
 * parser removes what hides a scheme from naive readers (tabs, line ends, leading controls).
 */
export function safeAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return SCHEMES.has(protocol) ? href : undefined;
}
