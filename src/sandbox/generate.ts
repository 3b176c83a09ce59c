import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";

export interface GenerateOptions {
  readonly dir: string;
  readonly users: number;
  /** Messages and files of each user. */
  readonly messages: number;
  readonly files: number;
  readonly seed: number;
  /** Median size of a message in bytes; sizes spread around it on a logarithmic scale. */
  readonly medianBytes?: number;
  /** Adds one file of this size to the first user's drive. */
  readonly bigFileBytes?: number;
}

const GIVEN = ["Élodie", "François", "Gaëlle", "Hélène", "Jérôme", "Loïc", "Maëlys", "Noémie", "Rémi", "Zoé"];
const FAMILY = ["Lefèvre", "Garçon", "Müller", "Nguyễn", "d'Ormesson", "Le Goff", "Bénard", "Châtelain", "Pérez", "Kœnig"];
const SUBJECTS = ["Compte rendu de la réunion du bureau", "Délibération n° 12 — budget annexe", "Congés d'été", "Ré : marché de voirie", "Convocation au conseil", "Rapport d'activité", "Dossier de subvention"];
const FOLDERS = ["Boîte de réception", "Boîte de réception/Élus & délégations", "Éléments envoyés", "Archives 2025", "Archives 2025/Marchés publics"];

/**
 * Writes a tenant folder of any size, file by file: memory does not grow with it, and the same options give the same bytes.
 */
export async function generateTenant(options: GenerateOptions): Promise<void> {
  const { dir, users } = options;
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "tenant.json"), `${JSON.stringify({ name: "Établissement généré", domain: "genere.example", language: "fr" })}\n`);
  for (let index = 0; index < users; index += 1) {
    const random = randomOf(options.seed * 1_000_003 + index);
    const given = GIVEN[index % GIVEN.length] ?? "";
    const family = FAMILY[Math.floor(index / GIVEN.length) % FAMILY.length] ?? "";
    const name = `${plain(given)}.${plain(family)}${index >= 100 ? index : ""}@genere.example`;
    const home = path.join(dir, "users", name);
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, "profile.json"), `${JSON.stringify({ displayName: `${given} ${family}` })}\n`);
    await writeMail(home, name, options, random);
    await writeFiles(home, options, random, index === 0);
    await writePeople(home, name, random);
  }
}

async function writeMail(home: string, owner: string, { messages, medianBytes = 20_000 }: GenerateOptions, random: () => number): Promise<void> {
  for (const folder of FOLDERS) await mkdir(path.join(home, "mail", folder), { recursive: true });
  for (let number = 0; number < messages; number += 1) {
    const folder = FOLDERS[Math.floor(random() ** 2 * FOLDERS.length)] ?? FOLDERS[0] ?? "";
    const date = new Date(Date.UTC(2024, 0, 1) + Math.floor(random() * 900 * 86_400_000));
    const size = Math.floor(medianBytes * Math.exp((random() + random() + random() - 1.5) * 1.6));
    const subject = `=?UTF-8?B?${Buffer.from(`${SUBJECTS[Math.floor(random() * SUBJECTS.length)] ?? ""} ${number}`).toString("base64")}?=`;
    const head = [
      `From: <expediteur${Math.floor(random() * 50)}@partenaire.example>`, `To: <${owner}>`, `Subject: ${subject}`, `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
      `Message-ID: <${number}.${Math.floor(random() * 1e12)}@partenaire.example>`, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", "",
    ].join("\r\n");
    const file = path.join(home, "mail", folder, `${String(number).padStart(6, "0")}`);
    await writeFile(`${file}.eml`, head + lines(size, random));
    if (random() < 0.3) {
      const state = { isRead: random() < 0.5, flag: random() < 0.3 ? "flagged" : "notFlagged", categories: random() < 0.3 ? ["Élus"] : [], receivedDateTime: date.toISOString().replace(/\.\d+Z/, "Z") };
      await writeFile(`${file}.json`, `${JSON.stringify(state)}\n`);
    }
  }
}

async function writeFiles(home: string, { files, bigFileBytes }: GenerateOptions, random: () => number, first: boolean): Promise<void> {
  const folders = ["", "Délibérations", "Délibérations/2026", "Marchés publics"];
  for (const folder of folders) await mkdir(path.join(home, "drive", folder), { recursive: true });
  for (let number = 0; number < files; number += 1) {
    const folder = folders[Math.floor(random() * folders.length)] ?? "";
    await writeFile(path.join(home, "drive", folder, `Pièce n° ${number} — été.txt`), lines(Math.floor(2_000 * Math.exp(random() * 4)), random));
  }
  if (first && bigFileBytes !== undefined) await writeBig(path.join(home, "drive", "Enregistrement du conseil.bin"), bigFileBytes, random);
}

async function writeBig(file: string, bytes: number, random: () => number): Promise<void> {
  const stream = createWriteStream(file);
  const block = Buffer.from(lines(1 << 20, random));
  for (let written = 0; written < bytes; written += block.length) {
    block.writeUInt32LE(Math.floor(random() * 2 ** 32), 0);
    if (!stream.write(Buffer.from(block.subarray(0, Math.min(block.length, bytes - written))))) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
}

async function writePeople(home: string, owner: string, random: () => number): Promise<void> {
  await mkdir(path.join(home, "calendars", "Calendrier"), { recursive: true });
  await mkdir(path.join(home, "contacts", "Contacts"), { recursive: true });
  for (let number = 0; number < 5; number += 1) {
    const day = String(1 + Math.floor(random() * 28)).padStart(2, "0");
    const rule = number % 2 === 0 ? "RRULE:FREQ=WEEKLY;COUNT=20\r\n" : "";
    const event = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//generated//FR\r\nBEGIN:VEVENT\r\nUID:${number}-${owner}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202602${day}T090000Z\r\nDTEND:202602${day}T100000Z\r\n${rule}SUMMARY:Réunion de service ${number}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    await writeFile(path.join(home, "calendars", "Calendrier", `${number}.ics`), event);
    const name = `${GIVEN[Math.floor(random() * GIVEN.length)] ?? ""} ${FAMILY[Math.floor(random() * FAMILY.length)] ?? ""}`;
    await writeFile(path.join(home, "contacts", "Contacts", `${number}.vcf`), `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nN:${name.split(" ").reverse().join(";")};;;\r\nEMAIL;TYPE=WORK:contact${number}@partenaire.example\r\nEND:VCARD\r\n`);
  }
}

/** Base64-looking lines of 76 characters, `size` bytes in all. */
function lines(size: number, random: () => number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let line = "";
  for (let index = 0; index < 76; index += 1) line += alphabet[Math.floor(random() * 64)] ?? "A";
  const count = Math.max(1, Math.ceil(size / 78));
  return Array.from({ length: count }, (_, index) => `${line.slice(index % 76)}${line.slice(0, index % 76)}`).join("\r\n") + "\r\n";
}

function plain(name: string): string {
  return name.normalize("NFD").replace(/[^A-Za-z]/g, "").toLowerCase();
}

/** mulberry32: small, fast, the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
