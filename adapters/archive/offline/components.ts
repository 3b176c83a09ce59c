import ICAL from "ical.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { escapeHtml, terms } from "./html.js";
import type { Words } from "./words.js";

const READ_BYTES = 1 << 20;
/** A larger photo is left to the file. */
const PHOTO_CHARACTERS = 200_000;
const SHOWN = 4_000;

export interface EventView {
  readonly start: string;
  readonly place: string;
  /** HTML. */
  readonly content: string;
}

export interface ContactView {
  readonly organization: string;
  /** HTML. */
  readonly content: string;
  readonly photo: string;
}

/** An event as its row shows it; `title` stands for what cannot be read. */
export async function eventView(tree: DiskTree, file: string, title: string, text: Words): Promise<EventView> {
  const calendar = await componentAt(tree, file);
  const events = calendar?.getAllSubcomponents("vevent") ?? [];
  const event = events.find((one) => one.getFirstProperty("recurrence-id") === null) ?? events[0];
  if (event === undefined) return { start: "", place: "", content: `${escapeHtml(title)} <small>${escapeHtml(text.unreadable)}</small>` };
  const repeats = event.getFirstProperty("rrule") !== null || event.getFirstProperty("rdate") !== null;
  const people = event.getAllProperties("attendee").slice(0, 50).map((one) => String(one.getFirstParameter("cn") || one.getFirstValue()).replace(/^mailto:/i, ""));
  const details = terms([[text.attendees, people.join(", ")], [text.categories, event.getAllProperties("categories").flatMap((one) => one.getValues()).map(String).join(", ")]]);
  const description = valueOf(event, "description").slice(0, SHOWN);
  const summary = `${escapeHtml(valueOf(event, "summary") || title)}${repeats ? ` <small>${escapeHtml(text.repeats)}</small>` : ""}`;
  const body = `${details}${description === "" ? "" : `<pre>${escapeHtml(description)}</pre>`}`;
  return {
    start: valueOf(event, "dtstart").replace("T", " ").replace(/:\d{2}Z?$/, ""), place: valueOf(event, "location"),
    content: body === "" ? summary : `<details><summary>${summary}</summary>${body}</details>`,
  };
}

/** A contact as its row shows it, with its photo when that is an image in the card itself. */
export async function contactView(tree: DiskTree, file: string, title: string, text: Words): Promise<ContactView> {
  const card = await componentAt(tree, file);
  if (card === undefined) return { organization: "", photo: "", content: `${escapeHtml(title)} <small>${escapeHtml(text.unreadable)}</small>` };
  const all = (name: string): string => card.getAllProperties(name).slice(0, 20).map((one) => String(one.getFirstValue()).replace(/^tel:/i, "")).join(", ");
  const name = valueOf(card, "fn") || title;
  const details = terms([[text.mailAddress, all("email")], [text.phone, all("tel")], [text.note, valueOf(card, "note").slice(0, SHOWN)]]);
  const photo = valueOf(card, "photo");
  const shown = photo.length <= PHOTO_CHARACTERS && /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(photo);
  return {
    organization: [card.getFirstPropertyValue("org")].flat().map((part) => (part === null ? "" : String(part))).filter((part) => part !== "").join(", "),
    content: `${escapeHtml(name)}${details}`, photo: shown ? `<img src="${escapeHtml(photo)}" alt="">` : "",
  };
}

function valueOf(component: ICAL.Component, name: string): string {
  const value = component.getFirstPropertyValue(name);
  return value === null ? "" : String(value);
}

/** Undefined for what ical.js refuses; it throws errors of its own and plain ones. */
async function componentAt(tree: DiskTree, file: string): Promise<ICAL.Component | undefined> {
  const text = ((await tree.head(file, READ_BYTES)) ?? Buffer.alloc(0)).toString("utf8");
  try {
    const parsed = ICAL.parse(text) as unknown[];
    const first = typeof parsed[0] === "string" ? parsed : parsed[0];
    return Array.isArray(first) ? new ICAL.Component(first) : undefined;
  } catch {
    return undefined;
  }
}
