import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import PostalMime from "postal-mime";
import type { Lang } from "../../src/core/errors.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../src/lib/file-names.js";
import { escapeHtml, href, page } from "./html.js";

const ROWS = 500;
const HEADER_BYTES = 32 * 1024;
const AREAS = ["mail", "calendars", "contacts", "drive"] as const;

const WORDS = {
  en: { title: "Archive", owners: "Owners", name: "Name", items: "Items", size: "Size", date: "Date", from: "From", folder: "Folder", back: "Overview", next: "Next", previous: "Previous", mail: "Mail", calendars: "Calendars", contacts: "Contacts", drive: "Files", intro: "Every item is an ordinary file: .eml, .ics, .vcf, or the file itself. This page needs no network and no program but a browser." },
  fr: { title: "Archive", owners: "Propriétaires", name: "Nom", items: "Éléments", size: "Taille", date: "Date", from: "De", folder: "Dossier", back: "Vue d'ensemble", next: "Suite", previous: "Précédent", mail: "Courrier", calendars: "Agendas", contacts: "Contacts", drive: "Fichiers", intro: "Chaque élément est un fichier ordinaire : .eml, .ics, .vcf, ou le fichier lui-même. Cette page ne demande ni réseau ni autre programme qu'un navigateur." },
} as const satisfies Record<Lang, Record<string, string>>;

interface Folder {
  readonly path: string;
  readonly title: string;
  readonly page: string;
  items: number;
  bytes: number;
}

/** Writes `index.html` and one page (or more) per folder under `_index/`; answers the path of the first. Memory: one folder's names. */
export async function buildIndex(tree: DiskTree, lang: Lang): Promise<string> {
  const text = WORDS[lang];
  await tree.makeFolder("_index");
  const sections: string[] = [];
  for (const kind of ["users", "groups"]) {
    for (const owner of await tree.list(kind)) {
      const rows: string[] = [];
      for (const area of AREAS) {
        for await (const folder of folders(tree, `${kind}/${owner}/${area}`, "")) {
          await folderPages(tree, lang, folder, area, decodeFileName(owner));
          const name = `${text[area]}${folder.title === "" ? "" : ` / ${folder.title}`}`;
          rows.push(`<tr><td><a href="${href("", folder.page)}">${escapeHtml(name)}</a></td><td class="n">${folder.items}</td><td class="n">${sizeText(folder.bytes)}</td></tr>`);
        }
      }
      sections.push(table(escapeHtml(decodeFileName(owner)), [text.folder, text.items, text.size], rows));
    }
  }
  await tree.write("index.html", chunks([page(lang, text.title, `<h1>${text.title}</h1><p>${text.intro}</p>${sections.join("\n")}`)]));
  return tree.at("index.html");
}

async function* folders(tree: DiskTree, path: string, title: string): AsyncIterable<Folder> {
  if ((await tree.info(path))?.folder !== true) return;
  yield { path, title, page: `_index/${createHash("sha256").update(path).digest("hex").slice(0, 16)}.html`, items: 0, bytes: 0 };
  const names = await tree.list(path);
  for (const name of names) {
    if (name.endsWith(".versions") && names.includes(name.slice(0, -".versions".length))) continue;
    if ((await tree.info(`${path}/${name}`))?.folder === true) yield* folders(tree, `${path}/${name}`, `${title === "" ? "" : `${title} / `}${decodeFileName(name)}`);
  }
}

async function folderPages(tree: DiskTree, lang: Lang, folder: Folder, area: (typeof AREAS)[number], owner: string): Promise<void> {
  const text = WORDS[lang];
  const names = (await tree.list(folder.path)).filter((name) => area !== "mail" || name.endsWith(".eml"));
  const files: string[] = [];
  for (const name of names) if ((await tree.info(`${folder.path}/${name}`))?.folder === false) files.push(name);
  const pageOf = (number: number): string => (number === 0 ? folder.page : folder.page.replace(".html", `-${number + 1}.html`));
  for (let number = 0; number === 0 || number * ROWS < files.length; number += 1) {
    const rows: string[] = [];
    for (const name of files.slice(number * ROWS, (number + 1) * ROWS)) {
      const file = `${folder.path}/${name}`;
      const info = await tree.info(file);
      folder.items += 1;
      folder.bytes += info?.size ?? 0;
      const told = area === "mail" ? await envelope(tree.at(file)) : { title: decodeFileName(name), from: "", date: (info?.modified ?? new Date(0)).toISOString().slice(0, 16).replace("T", " ") };
      rows.push(`<tr><td class="n">${escapeHtml(told.date)}</td><td><a href="${href("../", file)}">${escapeHtml(told.title)}</a></td>${area === "mail" ? `<td>${escapeHtml(told.from)}</td>` : ""}<td class="n">${sizeText(info?.size ?? 0)}</td></tr>`);
    }
    const links = [`<a href="../index.html">${text.back}</a>`];
    if (number > 0) links.push(`<a href="${href("../", pageOf(number - 1))}">${text.previous}</a>`);
    if ((number + 1) * ROWS < files.length) links.push(`<a href="${href("../", pageOf(number + 1))}">${text.next}</a>`);
    const title = `${owner}: ${text[area]}${folder.title === "" ? "" : ` / ${folder.title}`}`;
    const heads = area === "mail" ? [text.date, text.name, text.from, text.size] : [text.date, text.name, text.size];
    await tree.write(pageOf(number), chunks([page(lang, title, `<nav>${links.join(" · ")}</nav><h1>${escapeHtml(title)}</h1>${table("", heads, rows)}`)]));
  }
}

/** Subject, sender and date from the head of a message; a message that cannot be read is listed by nothing. */
async function envelope(file: string): Promise<{ title: string; from: string; date: string }> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const head = buffer.subarray(0, bytesRead).toString("latin1").split(/\r?\n\r?\n/)[0] ?? "";
    const email = await PostalMime.parse(Buffer.from(`${head}\r\n\r\n`, "latin1")).catch(() => undefined);
    const date = new Date(email?.date ?? Number.NaN);
    return {
      title: email?.subject?.trim() || "(…)", from: email?.from?.name || email?.from?.address || "", date: Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 16).replace("T", " "),
    };
  } finally {
    await handle.close();
  }
}

function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join("");
  return `<table>${caption === "" ? "" : `<caption>${caption}</caption>`}<thead><tr>${head}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} o` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(0)} Ko` : `${(bytes / 1024 ** 2).toFixed(1)} Mo`;
}

async function* chunks(texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, "utf8");
}
