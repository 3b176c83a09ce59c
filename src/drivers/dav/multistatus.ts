import { child, DAV, parseXml, type XmlElement } from "./xml.js";

/** One `response` of a 207 answer (RFC 4918 section 14.24). */
export interface Member {
  /** Path of the resource, percent-encoded as the server wrote it, without host. */
  readonly href: string;
  /** Status of the whole response, when it has one instead of properties. */
  readonly status: number | undefined;
  /** Properties that the server answered with success, by Clark name. */
  readonly properties: ReadonlyMap<string, XmlElement>;
  /** Status of each property that it did not. */
  readonly refused: ReadonlyMap<string, number>;
}

export function parseMultistatus(text: string, base: URL, target: string): readonly Member[] {
  return membersIn(parseXml(text, target), base);
}

export function membersIn(multistatus: XmlElement, base: URL): readonly Member[] {
  return multistatus.children.filter(({ name }) => name === `{${DAV}}response`).map((response) => memberOf(response, base));
}

function memberOf(response: XmlElement, base: URL): Member {
  const properties = new Map<string, XmlElement>();
  const refused = new Map<string, number>();
  for (const propstat of response.children.filter(({ name }) => name === `{${DAV}}propstat`)) {
    const status = statusOf(propstat) ?? 200;
    for (const property of child(propstat, `{${DAV}}prop`)?.children ?? []) {
      if (status >= 200 && status < 300) properties.set(property.name, property);
      else refused.set(property.name, status);
    }
  }
  const href = child(response, `{${DAV}}href`)?.text.trim() ?? "";
  return { href: URL.canParse(href, base.href) ? new URL(href, base).pathname : href, status: statusOf(response), properties, refused };
}

/** "HTTP/1.1 404 Not Found" → 404. */
function statusOf(element: XmlElement): number | undefined {
  const line = child(element, `{${DAV}}status`)?.text;
  const code = /\s(\d{3})(\s|$)/.exec(line ?? "")?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Trimmed text of a property; undefined when absent. */
export function textOf(member: Member | undefined, name: string): string | undefined {
  return member?.properties.get(name)?.text.trim();
}

/** First `href` inside a property, as a path or an absolute address. */
export function hrefOf(member: Member | undefined, name: string): string | undefined {
  return child(member?.properties.get(name), `{${DAV}}href`)?.text.trim();
}
