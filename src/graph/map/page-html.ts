import type { PagePart, SitePageRecord } from "../../format/page.js";
import { escapeHtml } from "../../lib/escape-html.js";

/** What a web part found, as Graph tells it beside its settings (api-reference/v1.0/resources/serverprocessedcontent): each a list of {key, value}. */
interface Found {
  readonly htmlStrings?: unknown;
  readonly searchablePlainTexts?: unknown;
  readonly links?: unknown;
  readonly imageSources?: unknown;
}

/** No script, nothing from the network, wherever the document is opened: the texts in it are other people's. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

/** What a page says as one document: texts as they are, of everything else titles, texts and addresses. Programs of the site that made more of it are not run. */
export function pageHtml(record: SitePageRecord): string {
  const sections = (record.sections ?? []).map(({ vertical, columns }) => {
    const parts = columns.flatMap((column) => column.parts.map((part) => partHtml(part, record.url))).filter((html) => html !== "");
    const name = vertical ? "aside" : "section";
    return parts.length === 0 ? "" : `<${name}>\n${parts.join("\n")}\n</${name}>\n`;
  });
  const title = escapeHtml(record.title);
  const description = record.description === undefined ? "" : `<p>${escapeHtml(record.description)}</p>\n`;
  return `<!doctype html>\n<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${title}</title></head><body>\n<h1>${title}</h1>\n${description}${sections.join("")}</body></html>\n`;
}

function partHtml({ kind, html, title, description, data }: PagePart, url: string | undefined): string {
  if (kind === "text") return (html ?? "").trim() === "" ? "" : `<div>${html ?? ""}</div>`;
  const found = ((data as { readonly serverProcessedContent?: Found } | undefined)?.serverProcessedContent ?? {}) as Found;
  const texts = valuesOf(found.searchablePlainTexts).map((text) => `<p>${escapeHtml(text)}</p>`);
  const addresses = [...valuesOf(found.links), ...valuesOf(found.imageSources)].map((address) => linkHtml(address, url));
  const inner = [...valuesOf(found.htmlStrings).map((text) => `<div>${text}</div>`), ...texts, ...[...new Set(addresses)].map((link) => `<p>${link}</p>`)];
  const about = description === undefined || inner.length > 0 ? "" : `<p>${escapeHtml(description)}</p>`;
  return `${title === undefined ? "" : `<h2>${escapeHtml(title)}</h2>`}${about}${inner.join("")}`;
}

/** Web addresses can be followed; others are told. */
function linkHtml(address: string, base: string | undefined): string {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  const shown = escapeHtml(address);
  return url !== undefined && /^(?:https?|mailto):$/.test(url.protocol) ? `<a href="${escapeHtml(url.href)}">${shown}</a>` : shown;
}

function valuesOf(pairs: unknown): readonly string[] {
  if (!Array.isArray(pairs)) return [];
  return (pairs as readonly unknown[]).flatMap((pair) => {
    const value = (pair as { readonly value?: unknown } | null)?.value;
    return typeof value === "string" && value !== "" ? [value] : [];
  });
}
