import { mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { PIXEL } from "../pixel.js";
import { encodeName } from "../tenant/names.js";
import { below, oneOf, type Random } from "./random.js";
import type { Words } from "./words.js";

/** Who shares, and what it is written with. */
export interface SharedPlan {
  readonly dir: string;
  readonly domain: string;
  /** User principal names. */
  readonly owners: readonly string[];
  readonly teams: number;
  readonly words: Words;
}

const PNG = Buffer.from(PIXEL, "base64");
/** Messages of a channel or chat, tasks of a column, items of a list. */
const SOME = 6;
const BEGUN = Date.UTC(2026, 0, 5, 8);

/** What a tenant has beside mail, calendars, contacts and drives: teams with their groups, chats, and of each person tasks, a notebook and settings. */
export async function writeShared(plan: SharedPlan, random: Random): Promise<void> {
  for (const [index, owner] of plan.owners.entries()) {
    await writePersonal(plan, owner, random);
    const other = plan.owners[(index + 1) % plan.owners.length] ?? owner;
    if (other !== owner) await writeChat(plan, `${index}-duo`, { chatType: "oneOnOne", members: [owner, other] }, random);
  }
  await writeChat(plan, "tous", { chatType: "group", topic: oneOf(random, plan.words.meetings), members: plan.owners }, random);
  await writeChat(plan, "reunion", { chatType: "meeting", topic: oneOf(random, plan.words.meetings), members: plan.owners, onlineMeetingInfo: { joinWebUrl: "https://teams.example/l/meetup-join/1", calendarEventId: null, organizer: plan.owners[0] } }, random);
  for (let number = 0; number < plan.teams; number += 1) await writeTeam(plan, number, random);
}

async function writePersonal({ dir, words }: SharedPlan, owner: string, random: Random): Promise<void> {
  const home = ["users", owner];
  for (let number = 0; number < SOME; number += 1) {
    await put(dir, [...home, "todo", "Tasks", `${number}.json`], { title: `${oneOf(random, words.subjects)} ${number}`, body: oneOf(random, words.sentences), dueDateTime: "2026-03-13", checklistItems: [oneOf(random, words.meetings)] });
  }
  await put(dir, [...home, "settings", "mailboxSettings.json"], { automaticRepliesSetting: { status: "alwaysEnabled", internalReplyMessage: `<p>${oneOf(random, words.sentences)}</p>`, externalReplyMessage: "" } });
  await put(dir, [...home, "settings", "messageRules.json"], [{ displayName: oneOf(random, words.subjects), sequence: 1, conditions: { subjectContains: ["budget"] }, actions: { markImportance: "high" } }]);
  await put(dir, [...home, "settings", "masterCategories.json"], [{ displayName: words.category, color: "preset3" }]);
  await put(dir, [...home, "settings", "overrides.json"], [{ classifyAs: "focused", senderEmailAddress: { name: "", address: "contact@partenaire.example" } }]);
  await put(dir, [...home, "onenote", "Notes", "2026", "1.html"], `<html><head><title>${oneOf(random, words.meetings)}</title></head><body><p>${oneOf(random, words.sentences)}</p></body></html>`);
}

async function writeChat(plan: SharedPlan, name: string, card: object, random: Random): Promise<void> {
  await put(plan.dir, ["chats", name, "chat.json"], { createdDateTime: instant(0), ...card });
  await put(plan.dir, ["chats", name, "messages.jsonl"], lines(Array.from({ length: SOME }, (_, at) => message(plan, at, random))));
  await put(plan.dir, ["chats", name, "hosted", "p.png"], PNG);
}

/** A team, its group and the group's things. */
async function writeTeam(plan: SharedPlan, number: number, random: Random): Promise<void> {
  const { dir, domain, owners, words } = plan;
  const [first = ""] = owners;
  const [nickname, name] = [`equipe-${number}`, `${oneOf(random, words.meetings)} ${number}`];
  const group = ["groups", nickname];
  await put(dir, [...group, "group.json"], { displayName: name, mail: `${nickname}@${domain}`, owners: [first], members: owners });
  for (let post = 0; post < 3; post += 1) {
    const answers = post === 0 ? "" : `In-Reply-To: <0.${nickname}@${domain}>\r\nReferences: <0.${nickname}@${domain}>\r\n`;
    await put(dir, [...group, "mail", "Conversations", `${post}.eml`], `From: ${first}\r\nTo: ${nickname}@${domain}\r\nSubject: ${post === 0 ? "" : "RE: "}Conversation ${number}\r\nDate: Mon, 05 Jan 2026 1${post}:00:00 +0100\r\nMessage-ID: <${post}.${nickname}@${domain}>\r\n${answers}\r\nBonjour ${post}\r\n`);
  }
  const task = (at: number): object => ({ title: `${oneOf(random, words.subjects)} ${at}`, createdBy: first, assignments: [oneOf(random, owners as [string, ...string[]])], details: { description: oneOf(random, words.sentences), checklist: [oneOf(random, words.meetings)] } });
  await put(dir, [...group, "planner", `Plan ${number}.json`], { createdBy: first, buckets: [{ name: "1", tasks: Array.from({ length: SOME }, (_, at) => task(at)) }, { name: "2", tasks: [] }] });
  await put(dir, [...group, "lists", "Suivi", "list.json"], { displayName: "Suivi", columns: [{ name: "Note", displayName: "Note", number: { decimalPlaces: "automatic", displayAs: "number" } }] });
  await put(dir, [...group, "lists", "Suivi", "items.jsonl"], lines(Array.from({ length: SOME }, (_, at) => ({ id: at + 1, createdDateTime: instant(at), createdBy: first, fields: { Title: oneOf(random, words.subjects), Note: below(random, 20) } }))));
  for (const [title, more] of [["Accueil", {}], ["Actu", { promotionKind: "newsPost" }]] as const) {
    await put(dir, [...group, "pages", `${title}.json`], { title, createdBy: first, ...more, canvasLayout: { horizontalSections: [{ layout: "fullWidth", columns: [{ width: 12, webparts: [{ innerHtml: `<p>${oneOf(random, words.sentences)}</p>` }] }] }] } });
  }
  for (let file = 0; file < SOME; file += 1) await put(dir, [...group, "drive", words.file(file)], `${file} ${oneOf(random, words.sentences)}\r\n`);
  const team = ["teams", name];
  await put(dir, [...team, "team.json"], { displayName: name, group: nickname, members: owners.map((user, at) => (at === 0 ? { user, roles: ["owner"] } : user)) });
  for (const [channel, card] of [["Général", { tabs: [{ displayName: "Wiki", url: "https://wiki.example/" }] }], ["Direction", { membershipType: "private", members: [{ user: first, roles: ["owner"] }] }]] as const) {
    await put(dir, [...team, channel, "channel.json"], { displayName: channel, createdDateTime: instant(0), ...card });
    await put(dir, [...team, channel, "messages.jsonl"], lines(Array.from({ length: SOME }, (_, at) => ({ ...message(plan, at, random), replies: Array.from({ length: at % 3 }, (_none, reply) => message(plan, at + (reply + 1) / 10, random)) }))));
    await put(dir, [...team, channel, "hosted", "p.png"], PNG);
  }
}

/** Every second one shows a picture, every third has a reaction. */
function message({ owners, words }: SharedPlan, at: number, random: Random): object {
  const author = oneOf(random, owners as [string, ...string[]]);
  return {
    createdDateTime: instant(at), from: author, body: { contentType: "html", content: `<p>${oneOf(random, words.sentences)}</p>${at % 2 === 0 ? '<img src="../hostedContents/p.png/$value">' : ""}` },
    ...(at % 3 === 0 ? { reactions: [{ reactionType: "like", createdDateTime: instant(at), user: author }] } : {}),
  };
}

function instant(at: number): string {
  return new Date(BEGUN + Math.round(at * 3_600_000)).toISOString();
}

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

async function put(dir: string, names: readonly string[], content: object | string): Promise<void> {
  const file = path.join(dir, ...names.map(encodeName));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof content === "string" || Buffer.isBuffer(content) ? content : `${JSON.stringify(content)}\n`);
  // Graph tells the dates of files.
  await utimes(file, BEGUN / 1_000, BEGUN / 1_000);
}
