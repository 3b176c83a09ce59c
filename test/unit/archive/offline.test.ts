import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { buildArchiveIndex } from "../../../adapters/archive/index.js";
import { ArchiveBench, NEVER } from "./bench.js";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&\u202e`;
let bench: ArchiveBench;
beforeEach(async () => { bench = await ArchiveBench.make(); });
afterEach(() => bench.remove());

/** Every page of the index, by path. */
async function pages(): Promise<Map<string, string>> {
  const found = new Map([["index.html", await bench.text("index.html")]]);
  const walk = async (folder: string): Promise<void> => {
    for (const name of await bench.names(folder)) {
      if ((await stat(bench.at(folder, name))).isDirectory()) await walk(`${folder}/${name}`);
      else if (name.endsWith(".html")) found.set(`${folder}/${name}`, await bench.text(folder, name));
    }
  };
  await walk("_index");
  return found;
}

async function fill(): Promise<void> {
  const mail = await bench.session("mail", { id: "o", name: HOSTILE, kind: "user", displayName: HOSTILE });
  const box = bench.container("mail", [HOSTILE, "a%2Fb & <c>"]);
  const into = await mail.prepare(box, undefined, NEVER);
  const subject = `=?utf-8?B?${Buffer.from(HOSTILE).toString("base64")}?=`;
  const messages = [
    `Subject: ${subject}\r\nFrom: ${subject} <a@b.example>\r\nTo: paul@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>Bonjour&nbsp;<b>Zo&eacute;</b> &lt;script&gt;</p><img src="https://pisteur.example/x.png"><script>alert(3)</script>`,
    `Subject: joint\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntexte\r\n--b\r\nContent-Type: text/plain; name="<i>.txt"\r\nContent-Disposition: attachment; filename="<i>.txt"\r\n\r\nx\r\n--b--\r\n`,
    "", "\u0000\u0001 pas un message", `Subject: long\r\n\r\n${"mot ".repeat(10_000)}`,
  ];
  for (const [index, bytes] of messages.entries()) {
    const item = bench.mail(HOSTILE, bytes, { categories: [HOSTILE] }, `mail ${index}`);
    await mail.put(item, bench.context(item, box, into));
  }
  const files = await bench.session("files", { id: "o", name: HOSTILE, kind: "user", displayName: HOSTILE });
  const root = bench.container("files", []);
  const drive = await files.prepare(root, undefined, NEVER);
  for (const name of [HOSTILE, "javascript:alert(1)", "100%.txt", "#a?b.html", "💧 é.pdf"]) {
    const item = bench.file(name, name);
    await files.put(item, bench.context(item, root, drive));
  }
}

describe("the offline index", () => {
  it("shows hostile names, subjects and messages as text only", async () => {
    await fill();
    await bench.endRun();
    const all = await pages();
    expect(all.size).toBeGreaterThanOrEqual(4);
    for (const html of all.values()) {
      expect(html).not.toMatch(/<script|<img|<[^>]*\son\w+=|javascript:alert\(1\)"|\u202e|https?:\/\//i);
      expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'"`);
      expect(html.match(/<html lang="fr">/g)).toHaveLength(1);
      expect(html.match(/<table>/g)?.length ?? 0).toBe(html.match(/<caption>/g)?.length ?? 0);
    }
    const listing = [...all.values()].join("");
    expect(listing).toContain("Bonjour Zoé &#60;script&#62;");
    expect(listing).toContain("&#60;i&#62;.txt");
    expect(listing).toContain("La suite du texte est dans le fichier.");
    expect(listing).toContain("non lu");
  });

  it("links to files that are there", async () => {
    await fill();
    await bench.endRun();
    let links = 0;
    for (const [file, html] of await pages()) {
      for (const [, link = ""] of html.matchAll(/href="([^"]*)"/g)) {
        const plain = link.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
        const target = fileURLToPath(new URL(plain, new URL(`file://${encodeURI(bench.at(path.dirname(file)))}/`)));
        expect(await stat(target).then(() => "there", () => `missing: ${file} -> ${target}`)).toBe("there");
        expect(target.startsWith(bench.dir)).toBe(true);
        links += 1;
      }
    }
    expect(links).toBeGreaterThan(20);
  });

  it("pages a long folder, writes only what changed, and drops pages of folders that are gone", async () => {
    const session = await bench.session("contacts");
    const many = "users/zoe@commune.example/contacts/Tous";
    await session.prepare(bench.container("contacts", ["Tous"]), undefined, NEVER);
    await mkdir(bench.at("users/zoe@commune.example/contacts/Peu"));
    await bench.plant("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Un\r\nEND:VCARD\r\n", "users/zoe@commune.example/contacts/Peu", "un.vcf");
    const photo = "data:image/png;base64,iVBORw0KGgo=";
    for (let index = 0; index < 205; index += 1) await bench.plant(`BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Contact ${index}\r\nORG:Mairie\r\nPHOTO:${index === 0 ? photo : "https://pisteur.example/p.png"}\r\nEND:VCARD\r\n`, many, `${String(index).padStart(3, "0")}.vcf`);
    await bench.endRun();
    const first = await pages();
    expect([...first.keys()].filter((name) => /-[23]\.html$/.test(name))).toHaveLength(2);
    const html = [...first.values()].join("");
    expect(html.match(/<img /g)).toHaveLength(1);
    expect(html).toContain(`<img src="${photo}" alt="">`);
    expect(html).not.toContain("pisteur");
    const times = async (): Promise<Record<string, number>> => Object.fromEntries(await Promise.all([...(await pages()).keys()].map(async (file) => [file, (await stat(bench.at(file))).mtimeMs] as const)));
    const before = await times();
    for (let index = 50; index < 205; index += 1) await rm(bench.at(many, `${String(index).padStart(3, "0")}.vcf`));
    await buildArchiveIndex(bench.dir, { lang: "fr", signal: NEVER });
    const after = await times();
    const unchanged = Object.keys(before).filter((file) => before[file] === after[file]);
    expect(unchanged).toHaveLength(2);
    expect(Object.keys(after).filter((name) => /-[23]\.html$/.test(name))).toEqual([]);
    await rm(bench.at("users/zoe@commune.example/contacts/Peu"), { recursive: true });
    await buildArchiveIndex(bench.dir, { lang: "fr", signal: NEVER });
    expect((await pages()).size).toBe(Object.keys(after).length - 1);
  });

  it("speaks English, tells events, and counts what stands there", async () => {
    const folder = "users/zoe@commune.example/calendars/Work";
    await mkdir(bench.at(folder), { recursive: true });
    await bench.plant("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Paris:20240325T090000\r\nSUMMARY:Council\r\nLOCATION:Town hall\r\nRRULE:FREQ=WEEKLY\r\nDESCRIPTION:<b>\\nagenda\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", folder, "a.ics");
    await bench.plant("not a calendar", folder, "b.ics");
    const index = await buildArchiveIndex(bench.dir, { lang: "en", title: "Town & Co", signal: NEVER });
    expect(index).toBe(bench.at("index.html"));
    const all = [...(await pages()).values()].join("");
    expect(all).toContain("Archive – Town &#38; Co");
    expect(all).toMatch(/<time>2024-03-25 09:00<\/time><\/td><td><details><summary>Council <small>repeats<\/small>/);
    expect(all).toContain("This item cannot be shown here; open the file.");
    expect(await bench.text("index.html")).toMatch(/zoe@commune\.example<\/a><\/td><td class="n">0<\/td><td class="n">2<\/td>/);
  });

  it("is made by the next run when one was stopped before its end", async () => {
    const stop = new AbortController();
    const session = await bench.session("mail", undefined, stop.signal);
    await session.prepare(bench.container("mail", ["Boîte"]), undefined, stop.signal);
    stop.abort();
    await bench.endRun();
    expect(await bench.names()).not.toContain("index.html");
    await bench.session("mail");
    await bench.endRun();
    expect(await bench.names()).toContain("index.html");
    expect(await bench.names("_index")).toEqual(["users"]);
  });
});
