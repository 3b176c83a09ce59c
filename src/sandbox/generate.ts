import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { writeMail } from "./generator/mail.js";
import { writeShared } from "./generator/shared.js";
import { below, oneOf, randomOf, sizeAround, type Random } from "./generator/random.js";
import { cut, stockOf, type Stock } from "./generator/text.js";
import { FAMILY, GIVEN, WORDS, type Words } from "./generator/words.js";
import { encodeName } from "./tenant/names.js";

export interface GenerateOptions {
  readonly dir: string;
  readonly users: number;
  /** Messages and files of each user. */
  readonly messages: number;
  readonly files: number;
  readonly seed: number;
  /** Language of names and texts; French when absent. */
  readonly language?: "fr" | "en";
  /** Median size of a message in bytes (20,000 when absent); sizes spread around it on a logarithmic scale. */
  readonly medianBytes?: number;
  /** Teams, each with its group; with any, everybody also has chats, tasks, a notebook and settings. None when absent. */
  readonly teams?: number;
  /** Adds one file of this size, with no holes in it, to the first user's drive. */
  readonly bigFileBytes?: number;
}

const DOMAIN = "genere.example";
/** Events and contacts of each user. */
const EVENTS = 5;
const CONTACTS = 5;

/**
 * Writes a tenant folder of any size, file by file: memory does not grow with it, and the same options give the same names and bytes, and the
 * same dates of files.
 */
export async function generateTenant(options: GenerateOptions): Promise<void> {
  const { dir, users, messages, teams = 0, medianBytes = 20_000, language = "fr" } = options;
  const owners: string[] = [];
  const words = WORDS[language];
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "tenant.json"), `${JSON.stringify({ name: words.organisation, domain: DOMAIN, language })}\n`);
  for (let index = 0; index < users; index += 1) {
    const random = randomOf(options.seed * 1_000_003 + index);
    const given = GIVEN[index % GIVEN.length] ?? "";
    const family = FAMILY[Math.floor(index / GIVEN.length) % FAMILY.length] ?? "";
    const owner = `${plain(given)}.${plain(family)}${index >= GIVEN.length * FAMILY.length ? index : ""}@${DOMAIN}`;
    owners.push(owner);
    const home = path.join(dir, "users", owner);
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, "profile.json"), `${JSON.stringify({ displayName: `${given} ${family}`, givenName: given, surname: family })}\n`);
    const stock = stockOf(random, words.sentences);
    await writeMail({ home, owner, messages, medianBytes, words, stock }, random);
    await writeFiles(home, options, words, stock, random);
    if (index === 0 && options.bigFileBytes !== undefined) await writeBig(path.join(home, "drive", words.big), options.bigFileBytes, random);
    await writeEvents(path.join(home, "calendars", words.calendar), owner, words, random);
    await writeContacts(path.join(home, "contacts", "Contacts"), random);
  }
  if (teams > 0) await writeShared({ dir, domain: DOMAIN, owners, teams, words }, randomOf(options.seed * 1_000_003 - 1));
}

async function writeFiles(home: string, { files }: GenerateOptions, words: Words, stock: Stock, random: Random): Promise<void> {
  const folders = words.drive.map((name) => path.join(home, "drive", ...name.split("/").filter((part) => part !== "").map(encodeName)));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (let number = 0; number < files; number += 1) {
    const file = path.join(folders[below(random, folders.length)] ?? "", encodeName(words.file(number)));
    await writeFile(file, Buffer.concat([Buffer.from(`${number}\r\n`), cut(random, stock.text, sizeAround(random, 15_000))]));
    const seconds = Date.UTC(2025, 0, 1) / 1000 + below(random, 400 * 86_400);
    await utimes(file, seconds, seconds);
  }
}

async function writeBig(file: string, bytes: number, random: Random): Promise<void> {
  const stream = createWriteStream(file);
  const block = Buffer.alloc(1 << 20);
  for (let at = 0; at < block.length; at += 4) block.writeUInt32LE(below(random, 2 ** 32), at);
  for (let written = 0; written < bytes; written += block.length) {
    const piece = Buffer.from(block.subarray(0, Math.min(block.length, bytes - written)));
    if (piece.length >= 4) piece.writeUInt32LE(below(random, 2 ** 32), 0);
    if (!stream.write(piece)) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
}

/** Every second one is a weekly series. */
async function writeEvents(dir: string, owner: string, words: Words, random: Random): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (let number = 0; number < EVENTS; number += 1) {
    const day = String(1 + below(random, 28)).padStart(2, "0");
    const lines = [
      "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//generated//FR", "BEGIN:VEVENT", `UID:${number}-${owner}`, "DTSTAMP:20260101T000000Z", `DTSTART:202602${day}T090000Z`, `DTEND:202602${day}T100000Z`,
      ...(number % 2 === 0 ? ["RRULE:FREQ=WEEKLY;COUNT=20"] : []), `SUMMARY:${oneOf(random, words.meetings)} ${number}`, "END:VEVENT", "END:VCALENDAR", "",
    ];
    await writeFile(path.join(dir, `${number}.ics`), lines.join("\r\n"));
  }
}

async function writeContacts(dir: string, random: Random): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (let number = 0; number < CONTACTS; number += 1) {
    const [given, family] = [oneOf(random, GIVEN), oneOf(random, FAMILY)];
    const lines = ["BEGIN:VCARD", "VERSION:3.0", `FN:${given} ${family}`, `N:${family};${given};;;`, `EMAIL;TYPE=WORK:contact${number}@partenaire.example`, "END:VCARD", ""];
    await writeFile(path.join(dir, `${number}.vcf`), lines.join("\r\n"));
  }
}

function plain(name: string): string {
  return name.replace(/œ/g, "oe").normalize("NFD").replace(/[^A-Za-z]/g, "").toLowerCase();
}
