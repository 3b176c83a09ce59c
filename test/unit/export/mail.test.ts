import fc from "fast-check";
import { describe, expect, it } from "@jest/globals";
import { FolderPaths } from "../../../src/export/folder-paths.js";
import { keywordOf } from "../../../src/export/mail-state.js";
import { asctime, mboxMessage } from "../../../src/export/mboxrd.js";
import { bodyHas, fieldWith, folded } from "../../../src/export/search.js";
import type { Holdings } from "../../../src/export/holdings.js";
import type { Item } from "../../../src/core/item.js";
import type { MailRecord } from "../../../src/format/records.js";
import { collect, line } from "../vault/memory-index.js";

const RECORD: MailRecord = { v: 1, type: "mail", isRead: false, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false };

async function* cut(text: string, at: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, "latin1");
  let from = 0;
  for (const end of [...new Set(at.map((n) => n % (bytes.length + 1)))].sort((a, b) => a - b)) {
    yield await Promise.resolve(bytes.subarray(from, end));
    from = end;
  }
  yield bytes.subarray(from);
}

async function written(text: string, at: readonly number[], record = RECORD): Promise<string> {
  return (await collect(mboxMessage(record, cut(text, at)))).toString("latin1");
}

const HEAD = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nStatus: O\nX-Status: \nX-Keywords: \n";

describe("a message in an mbox file", () => {
  it("is the same however its bytes arrive, and can be read back", async () => {
    const piece = fc.constantFrom("From ", ">", "F", "Fro", "m ", "\r\n", "\n", "\r", "x", " ");
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 30 }).map((parts) => parts.join("")), fc.array(fc.nat(), { maxLength: 12 }), async (text, at) => {
      const unix = text.replace(/\r\n/g, "\n");
      const whole = await written(text, at);
      const body = whole.slice(HEAD.length, -1);
      expect(whole.startsWith(HEAD) && whole.endsWith("\n")).toBe(true);
      expect(body.split("\n").some((one) => one.startsWith("From "))).toBe(false);
      expect(body.replace(/(^|\n)>(>*From )/g, "$1$2")).toBe(unix.endsWith("\n") || unix === "" ? unix : `${unix}\n`);
    }), { numRuns: 1_000 });
  });

  it("carries state, keywords and dates; a sender that would break the line does not", async () => {
    const state = await written("\r\n", [], { ...RECORD, isRead: true, isDraft: true, flag: "flagged", importance: "high", categories: ["Élus & co", "a_b"], from: "Eve <eve@x.example\nFrom you>", receivedAt: "2026-11-26T08:07:43Z" });
    expect(state).toBe("From eve@x.example Thu Nov 26 08:07:43 2026\nStatus: RO\nX-Status: FT\nX-Keywords: $Important _c3_89lus_20_26_20co a_5fb\n\n\n");
    expect(asctime(Date.parse("2026-02-03T04:05:06Z") / 1000)).toBe("Tue Feb  3 04:05:06 2026");
    expect(keywordOf("plain-1.0")).toBe("plain-1.0");
  });
});

describe("places of folders", () => {
  const place = (paths: FolderPaths, id: string, ...path: string[]) => paths.of({ workload: "mail", owner: "o", id, name: path.at(-1) ?? "", path });

  it("never leave the export's folder, hide, or meet what the formats write themselves", () => {
    const paths = new FolderPaths("o");
    expect([["..", "..", "etc"], ["."], ["/etc/passwd"], ["CUR"], ["mbox"], [".ssh"], ["a\u0000b"], []].map((path, n) => place(paths, `${n}`, ...path))).toEqual([
      "o/%2E%2E/%2E%2E/etc", "o/%2E", "o/%2Fetc%2Fpasswd", "o/%43UR", "o/%6Dbox", "o/%2Essh", "o/a%00b", "o/%",
    ]);
  });

  it("are never given twice, whatever the case, and stay short enough for a file system", () => {
    const paths = new FolderPaths("o");
    const given = [place(paths, "1", "Été"), place(paths, "2", "e\u0301te\u0301"), place(paths, "3", "été"), place(paths, "4", "n".repeat(400)), place(paths, "5", ...Array.from({ length: 100 }, () => "deep".repeat(20)))];
    expect(new Set(given.map((one) => one.normalize("NFC").toLowerCase())).size).toBe(5);
    for (const one of given) expect(Math.max(...one.split("/").map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(given[4] ?? "")).toBeLessThan(300);
  });
});

describe("a search", () => {
  const item = (extension: string): Item => line("m", { sha256: "a".repeat(64) as never, size: 400_000, extension }, "Séance du 12");
  const holding = (text: string, at: readonly number[]): Holdings => ({ bytes: () => cut(Buffer.from(text).toString("latin1"), at) }) as unknown as Holdings;

  it("looks at titles and records without case and accents, and at bodies across their pieces", async () => {
    expect([fieldWith(folded("SEANCE"), item(".eml")), fieldWith("absent", item(".eml"))]).toEqual(["title", undefined]);
    const text = `${"x".repeat(1000)} Délibération n° 7 ${"y".repeat(1000)}`;
    for (let at = 995; at < 1030; at += 1) expect(await bodyHas(folded("deliberation"), item(".ics"), holding(text, [at]))).toBe(true);
    expect(await bodyHas("deliberation", item(".bin"), holding(text, []))).toBe(false);
  });

  it("finds what stands in messages within messages, and in messages that no parser takes apart", async () => {
    const deep = `${"Content-Type: message/rfc822\r\n\r\n".repeat(8)}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from("Délibération").toString("base64")}\r\n`;
    expect(await bodyHas("deliberation", item(".eml"), holding(deep, []))).toBe(true);
    const nested = Array.from({ length: 5_000 }, (_, level) => `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`).join("");
    expect(await bodyHas("deliberation", item(".eml"), holding(`${nested}\r\ndeliberation\r\n`, [9_000]))).toBe(true);
    expect(await bodyHas("absent", item(".eml"), holding(nested, [9_000]))).toBe(false);
  });
});
