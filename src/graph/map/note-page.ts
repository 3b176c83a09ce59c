import { NotePageRecord, NotePartRecord } from "../../format/note.js";
import { percentDecoded } from "../../lib/percent.js";
import { instant, personOf, text } from "./chat-message.js";
import type { GraphIdentitySet } from "./graph-conversation.js";
import type { Maybe } from "./graph-event.js";
import { decodeEntities } from "../../lib/html-text.js";

interface Links { readonly oneNoteWebUrl?: Maybe<{ readonly href?: Maybe<string> }> }

/** Graph `notebook`, `sectionGroup` and `onenoteSection` (api-reference/v1.0/resources), the properties that are read. */
export interface GraphNotePart {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly isDefault?: Maybe<boolean>;
  readonly isShared?: Maybe<boolean>;
  readonly createdDateTime?: Maybe<string>;
  readonly createdBy?: Maybe<GraphIdentitySet>;
  readonly links?: Maybe<Links>;
  /** Ride along by default (concepts/onenote-get-content, "expand"). */
  readonly parentNotebook?: Maybe<{ readonly id?: Maybe<string> }>;
  readonly parentSectionGroup?: Maybe<{ readonly id?: Maybe<string> }>;
}

/** Graph `onenotePage`; `level` and `order` answer to `pagelevel=true`. */
export interface GraphNotePage {
  readonly id: string;
  readonly title?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly userTags?: Maybe<readonly string[]>;
  readonly links?: Maybe<Links>;
  readonly level?: Maybe<number>;
  readonly order?: Maybe<number>;
}

/** A picture or file that a page names. */
export interface NoteResource {
  readonly id: string;
  readonly copies: readonly string[];
  readonly name?: string;
  readonly mediaType?: string;
}

/** Dates of change are left out: they move with every page. */
export function notePartRecord(form: NotePartRecord["form"], part: GraphNotePart, pages?: NotePartRecord["pages"]): NotePartRecord {
  return NotePartRecord.parse({
    v: 1, type: "note-part", form, name: text(part.displayName) ?? part.id, default: part.isDefault === true, shared: part.isShared ?? undefined, createdAt: instant(part.createdDateTime),
    createdBy: personOf(part.createdBy, new Map()), url: text(part.links?.oneNoteWebUrl?.href), pages,
  });
}

export function notePageRecord(page: GraphNotePage, resources: NotePageRecord["resources"]): NotePageRecord {
  return NotePageRecord.parse({
    v: 1, type: "note-page", title: page.title ?? "", createdAt: instant(page.createdDateTime), modifiedAt: instant(page.lastModifiedDateTime), tags: [...(page.userTags ?? [])],
    url: text(page.links?.oneNoteWebUrl?.href), resources,
  });
}

const TAG = /<(?:img|object|video|audio|source|embed)\b(?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
const ATTRIBUTE = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Resources that a page's HTML names (concepts/onenote-input-output-html): `data-fullres-src` is a picture as it was put in, `src` a smaller copy of it, `data`
 * an attached file. Only ids are taken from there: no address of a page is ever followed.
 */
export function noteResources(html: string): readonly NoteResource[] {
  const found = new Map<string, { copies: Set<string>; name?: string; mediaType?: string }>();
  const small = new Set<string>();
  for (const [tag] of html.matchAll(TAG)) {
    const attributes = new Map([...tag.matchAll(ATTRIBUTE)].map(([, name = "", double, single]) => [name.toLowerCase(), decodeEntities(double ?? single ?? "")]));
    const shown = resourceId(attributes.get("src"));
    const id = resourceId(attributes.get("data-fullres-src")) ?? resourceId(attributes.get("data")) ?? shown;
    if (id === undefined) continue;
    const known = found.get(id) ?? { copies: new Set<string>() };
    if (shown !== undefined && shown !== id) known.copies.add(shown);
    for (const copy of known.copies) small.add(copy);
    const [name, mediaType] = [text(attributes.get("data-attachment")), text(attributes.get("data-fullres-src-type")) ?? text(attributes.get("type")) ?? text(attributes.get("data-src-type"))];
    found.set(id, { copies: known.copies, ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }) });
  }
  // Whatever else names one: ink, printouts, what Microsoft adds.
  for (const [address] of html.matchAll(/https:\/\/(?:(?!https:)[^"'\s<>()])+\/resources\/[^"'\s<>()]+/gi)) {
    const id = resourceId(decodeEntities(address));
    if (id !== undefined && !found.has(id) && !small.has(id)) found.set(id, { copies: new Set() });
  }
  return [...found].map(([id, { copies, ...rest }]) => ({ id, copies: [...copies].sort(), ...rest }));
}

/** "0-f7…!1-73…!10456" of ".../onenote/resources/0-f7…!1-73…!10456/$value"; links to OneNote's own host have the same form. */
function resourceId(address: string | undefined): string | undefined {
  const id = /^https:\/\/[^/]+\/.*(?:onenote|notes)\/resources\/([^/?#]+)\/(?:\$value|content)/i.exec(address ?? "")?.[1] ?? /^https:\/\/www\.onenote\.com\/api\/v1\.0\/resources\/([^/?#]+)\/(?:\$value|content)/i.exec(address ?? "")?.[1];
  return id === undefined ? undefined : percentDecoded(id);
}
