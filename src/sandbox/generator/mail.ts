import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { encodeName } from "../tenant/names.js";
import { below, oneOf, sizeAround, type Random } from "./random.js";
import { cut, type Stock } from "./text.js";
import type { Words } from "./words.js";

/** Files written at once. */
const WIDTH = 16;
const PARTNER = "partenaire.example";
const BOUNDARY = "=_generated_part";

export interface MailPlan {
  readonly home: string;
  readonly owner: string;
  readonly messages: number;
  readonly medianBytes: number;
  readonly words: Words;
  readonly stock: Stock;
}

/** Messages of one mailbox: most in the first folder, a part of them with a sidecar, an attachment, or an answer to an earlier one. */
export async function writeMail({ home, owner, messages, medianBytes, words, stock }: MailPlan, random: Random): Promise<void> {
  const folders = words.mail.map((name) => path.join(home, "mail", ...name.split("/").map(encodeName)));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  let writing: Promise<void>[] = [];
  for (let number = 0; number < messages; number += 1) {
    const file = path.join(folders[Math.floor(random() ** 2 * folders.length)] ?? "", String(number).padStart(6, "0"));
    const date = new Date(Date.UTC(2024, 0, 1) + Math.floor(random() * 900 * 86_400_000));
    writing.push(writeFile(`${file}.eml`, message(owner, number, date, sizeAround(random, medianBytes), words, stock, random)));
    if (random() < 0.3) writing.push(writeFile(`${file}.json`, `${JSON.stringify(stateOf(date, words, random))}\n`));
    if (writing.length >= WIDTH) {
      await Promise.all(writing);
      writing = [];
    }
  }
  await Promise.all(writing);
}

function stateOf(date: Date, words: Words, random: Random): object {
  return { isRead: random() < 0.5, flag: random() < 0.3 ? "flagged" : "notFlagged", categories: random() < 0.3 ? [words.category] : [], receivedDateTime: date.toISOString().replace(/\.\d+Z/, "Z") };
}

/** RFC 5322 bytes of about `size`. */
function message(owner: string, number: number, date: Date, size: number, words: Words, stock: Stock, random: Random): Buffer {
  const id = (of: number): string => `<${of}.${plainOwner(owner)}@${PARTNER}>`;
  const answered = number > 0 && random() < 0.2 ? below(random, number) : undefined;
  const subject = `${answered === undefined ? "" : "Re: "}${oneOf(random, words.subjects)} ${number}`;
  const head = [
    `From: <expediteur${below(random, 50)}@${PARTNER}>`, `To: <${owner}>`, `Subject: =?UTF-8?B?${Buffer.from(subject).toString("base64")}?=`, `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${id(number)}`, ...(answered === undefined ? [] : [`In-Reply-To: ${id(answered)}`, `References: ${id(answered)}`]), "MIME-Version: 1.0",
  ];
  const plain = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", ""].join("\r\n");
  if (random() >= 0.15) return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n${plain}`), cut(random, stock.text, size)]);
  const name = oneOf(random, words.attachments);
  const attached = [
    `--${BOUNDARY}`, "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64", `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/'/g, "%27")}`, "", "",
  ].join("\r\n");
  return Buffer.concat([
    Buffer.from(`${head.join("\r\n")}\r\nContent-Type: multipart/mixed; boundary="${BOUNDARY}"\r\n\r\n--${BOUNDARY}\r\n${plain}`), cut(random, stock.text, Math.min(size >> 2, 2_000)),
    Buffer.from(`\r\n${attached}`), cut(random, stock.base64, size - (size >> 2)), Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

function plainOwner(owner: string): string {
  return owner.split("@")[0] ?? "";
}
