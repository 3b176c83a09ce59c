import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

/** Ids by which requests name what a person has. */
export interface Ids {
  readonly user: string;
  readonly drive: string;
}

/** What a person of the tenant has; the defaults are small. */
export interface Content {
  readonly mail?: number;
  readonly files?: number;
  readonly events?: number;
  readonly contacts?: number;
}

export const DOMAIN = "mairie.example";

export async function put(tenant: string, file: string, content: string | Buffer): Promise<void> {
  const at = path.join(tenant, file);
  await mkdir(path.dirname(at), { recursive: true });
  await writeFile(at, content);
}

/** A person whose every item differs from those of others. */
export async function person(tenant: string, name: string, { mail = 0, files = 0, events = 0, contacts = 0 }: Content, extension = "bin"): Promise<void> {
  const home = `users/${name}@${DOMAIN}`;
  await put(tenant, `${home}/profile.json`, JSON.stringify({ displayName: name }));
  for (let number = 0; number < mail; number += 1) await put(tenant, `${home}/mail/Inbox/${number}.eml`, eml(name, number));
  for (let number = 0; number < files; number += 1) await put(tenant, `${home}/drive/Dossier/${name} ${number}.${extension}`, Buffer.alloc(40_000 + number, `${name}${number}`));
  for (let number = 0; number < events; number += 1) await put(tenant, `${home}/calendars/Calendrier/${number}.ics`, ics(name, number));
  for (let number = 0; number < contacts; number += 1) await put(tenant, `${home}/contacts/Contacts/${number}.vcf`, vcf(name, number));
}

function eml(name: string, number: number): string {
  const minute = String(number % 60).padStart(2, "0");
  return [
    "From: Luc <luc@ailleurs.example>", `To: ${name}@${DOMAIN}`, `Subject: ${name} ${number}`, `Date: Mon, 05 Jan 2026 ${String(8 + Math.floor(number / 60)).padStart(2, "0")}:${minute}:00 +0100`,
    `Message-ID: <${name}.${number}@${DOMAIN}>`, "", `Texte ${number} pour ${name}. ${"Lorem ipsum. ".repeat(100)}`, "",
  ].join("\r\n");
}

/** Every second event is a series. */
function ics(name: string, number: number): string {
  const day = String(1 + (number % 28)).padStart(2, "0");
  return [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", "BEGIN:VEVENT", `UID:${name}-${number}@${DOMAIN}`, "DTSTAMP:20260101T000000Z", `DTSTART;TZID=Europe/Paris:202602${day}T090000`,
    `DTEND;TZID=Europe/Paris:202602${day}T100000`, ...(number % 2 === 1 ? ["RRULE:FREQ=WEEKLY;COUNT=4"] : []), `SUMMARY:${name} ${number}`, "END:VEVENT", "END:VCALENDAR", "",
  ].join("\r\n");
}

function vcf(name: string, number: number): string {
  return ["BEGIN:VCARD", "VERSION:3.0", `FN:${name} ${number}`, `N:${number};${name};;;`, `EMAIL:${name}.${number}@ailleurs.example`, "END:VCARD", ""].join("\r\n");
}

/** A chat of two people with as many messages, each with its own text. */
export async function chat(tenant: string, name: string, people: readonly [string, string], messages: number): Promise<void> {
  const members = people.map((one) => `${one}@${DOMAIN}`);
  await put(tenant, `chats/${name}/chat.json`, JSON.stringify({ chatType: "group", topic: name, members }));
  const lines = Array.from({ length: messages }, (_, number) => JSON.stringify({
    createdDateTime: new Date(Date.UTC(2026, 0, 5, 9) + number * 1000).toISOString(), from: members[number % 2],
    body: number === 1 ? { contentType: "html", content: '<p><img src="../hostedContents/plan.png/$value"></p>' } : { contentType: "text", content: `${name} ${number}` },
  }));
  await put(tenant, `chats/${name}/messages.jsonl`, `${lines.join("\n")}\n`);
  await put(tenant, `chats/${name}/hosted/plan.png`, Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"));
}
