import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

type Pieces = Iterable<string | Buffer>;

const LEVELS = 10_000;
const PARTS = 200_000;
const head = (name: string, more = ""): string => `From: a@b.example\r\nTo: c@d.example\r\nSubject: ${name}\r\nDate: Mon, 05 Jan 2026 08:00:00 +0100\r\nMIME-Version: 1.0\r\n${more}`;

/** Messages that break programs which parse them, believe them or hold them: each a name and what it is written from, piece by piece. */
export const HOSTILE_MAIL: Readonly<Record<string, () => Pieces>> = {
  "multipart in multipart, 10,000 levels": function* () {
    yield head("nested");
    for (let level = 0; level < LEVELS; level += 1) yield `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`;
    yield "\r\nau fond\r\n";
    for (let level = LEVELS - 1; level >= 0; level -= 1) yield `--b${level}--\r\n`;
  },
  "message in message, 10,000 levels": function* () {
    for (let level = 0; level < LEVELS; level += 1) yield `Subject: ${level}\r\nContent-Type: message/rfc822\r\n\r\n`;
    yield "Subject: last\r\n\r\nau fond\r\n";
  },
  "200,000 parts": function* () {
    yield head("parts", 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n');
    for (let part = 0; part < PARTS; part += 1) yield `--b\r\nContent-Disposition: attachment; filename=${part}\r\n\r\n${part}\r\n`;
    yield "--b--\r\n";
  },
  "boundaries that begin alike, and never end": function* () {
    yield head("alike", 'Content-Type: multipart/mixed; boundary="-"\r\n\r\n');
    for (let level = 0; level < 2_000; level += 1) yield `--${"-".repeat(level)}\r\nContent-Type: multipart/mixed; boundary="${"-".repeat(level + 2)}"\r\n\r\n`;
  },
  "an empty boundary, then one of 1 MB": function* () {
    yield head("boundary", `Content-Type: multipart/mixed; boundary=""\r\nContent-Type: multipart/mixed; boundary="${"x".repeat(1 << 20)}"\r\n\r\n--\r\n\r\n--${"x".repeat(1 << 20)}\r\n\r\na\r\n`);
  },
  "base64 in base64, 30 times": function* () {
    let inner = "Subject: core\r\n\r\nau fond\r\n";
    for (let level = 0; level < 30; level += 1) inner = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(inner).toString("base64")}\r\n`;
    yield head("base64", inner);
  },
  "quoted-printable of nothing but soft breaks": function* () {
    yield head("soft", "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    for (let line = 0; line < 1_000; line += 1) yield "=\r\n".repeat(1_000);
  },
  "a body of one line of 24 MB, without end": function* () {
    yield head("line", "\r\n");
    for (let piece = 0; piece < 24; piece += 1) yield "x".repeat(1 << 20);
  },
  "NUL bytes and bytes that are no UTF-8, in header and body": function* () {
    yield Buffer.concat([Buffer.from("From: \0\xff\xfe@b.example\r\nSubject: nul \0 \xc3\x28 \xed\xa0\x80 \xf8\r\nX-\0: 1\r\n\r\n", "latin1"), Buffer.from([...Array(256).keys()].filter((byte) => byte !== 10 && byte !== 13))]);
  },
  "an encoded subject of lone surrogates, with control characters": function* () {
    yield head(`=?UTF-16BE?B?${Buffer.from("d800000ad801001b", "hex").toString("base64")}?= =?UTF-8?B?${Buffer.from("eda080eda081", "hex").toString("base64")}?=`, "\r\ntexte\r\n");
  },
  "100,000 recipients": function* () {
    yield "From: a@b.example\r\nSubject: all\r\nTo: ";
    for (let number = 0; number < 100_000; number += 1) yield `"N ${number}" <n${number}@d.example>,\r\n `;
    yield "last@d.example\r\n\r\ntexte\r\n";
  },
  "groups and comments that open and never close": function* () {
    yield head("open", `Cc: ${"(".repeat(200_000)}\r\nBcc: ${"a:".repeat(200_000)}\r\nReply-To: ${"<".repeat(200_000)}\r\n\r\ntexte\r\n`);
  },
  "a date outside of time, a type without end": function* () {
    yield `Subject: date\r\nDate: Mon, 99 Zzz 999999999 99:99:99 +9999\r\nReceived: ${";".repeat(100_000)}\r\nContent-Type: ${"text/plain; charset=x; ".repeat(20_000)}\r\n\r\ntexte\r\n`;
  },
  "no header, no body, one LF": function* () { yield "\n"; },
};

/** One field of `megabytes`, in lines of 64 bytes. */
export function* longHeader(megabytes: number): Pieces {
  yield "From: a@b.example\r\nSubject: header\r\nX-Long: x\r\n";
  const block = `\t${"x".repeat(61)}\r\n`.repeat(1 << 14);
  for (let piece = 0; piece < megabytes; piece += 1) yield block;
  yield "\r\ntexte\r\n";
}

/** Writes a message without holding it. */
export async function writePieces(file: string, pieces: Pieces): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await pipeline(Readable.from(pieces), createWriteStream(file));
}
