/** What may follow the address of a folder: the way on into it, or the end of the link. */
const END = "(?=[/?#\"'<>)\\s]|$)";

/** Characters that encodeURI leaves as they are, while pages encode or escape them: how each is met. */
const SPELLED: ReadonlyMap<string, string> = new Map([["'", "'|%27|&#39;|&#x27;|&apos;"], ["&", "%26|&#38;|&amp;|&"]]);
const SPELLINGS: readonly (readonly [spelled: RegExp, plain: string])[] = [...SPELLED].map(([plain, spelled]) => [new RegExp(spelled, "g"), plain]);

/** Addresses of libraries at the source, replaced by those of where their files are now; the way inside stays. */
export class MovedLinks {
  readonly #places: ReadonlyMap<string, string>;
  readonly #pattern: RegExp | undefined;

  constructor(links: Readonly<Record<string, string>>) {
    // Microsoft writes them with blanks and letters of any kind, pages percent-encoded.
    this.#places = new Map(Object.entries(links).flatMap(([from, to]) => spellings(withoutSlash(from)).map((one) => [one, withoutSlash(to)] as const)));
    const longestFirst = [...this.#places.keys()].sort((a, b) => b.length - a.length).map(patternOf);
    this.#pattern = longestFirst.length === 0 ? undefined : new RegExp(`(?:${longestFirst.join("|")})${END}`, "g");
  }

  in(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, (found) => this.#places.get(plainly(found)) ?? found);
  }
}

function spellings(address: string): readonly string[] {
  const plain = decoded(address);
  return [...new Set([address, plain, encodeURI(plain)].map(plainly))];
}

function plainly(address: string): string {
  return SPELLINGS.reduce((text, [spelled, plain]) => text.replace(spelled, plain), address);
}

function patternOf(address: string): string {
  return address.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/['&]/g, (plain) => `(?:${SPELLED.get(plain) ?? plain})`);
}

/** A lone % stands for itself. */
function decoded(address: string): string {
  try {
    return decodeURI(address);
  } catch (thrown) {
    if (thrown instanceof URIError) return address;
    throw thrown;
  }
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}
