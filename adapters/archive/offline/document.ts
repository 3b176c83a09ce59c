import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { escapeHtml, href, terms } from "./html.js";
import { plainText } from "./plain-text.js";
import type { Words } from "./words.js";

const READ_BYTES = 1 << 20;
const SHOWN = 12_000;
const MEMBERS = 40;
const CHARACTERS = 600;

/** Members that say nothing to a person. */
const QUIET = new Set(["v", "type", "format"]);

/** A document (task, page, list item, setting …) as its row shows it: members of its record and its text, nothing of its HTML; pictures and files as links. */
export async function documentView(tree: DiskTree, file: string, title: string, up: string, text: Words): Promise<string> {
  const told = await documentAt(tree, file);
  if (told === undefined) return `${escapeHtml(title)} <small>${escapeHtml(text.unreadable)}</small>`;
  const folder = file.slice(0, file.lastIndexOf("/"));
  const names = Object.keys(told.files).filter((name) => !name.split("/").includes(".."));
  const body = names.find((name) => /^[^/]+\.(?:html|txt)$/.test(name));
  const shown = body === undefined ? "" : await textOf(tree, `${folder}/${body}`);
  const links = names.filter((name) => name.includes("/")).map((name) => `<a href="${href(up, `${folder}/${name}`)}">${escapeHtml(name.slice(name.indexOf("/") + 1))}</a>`).join(" ");
  const members = Object.entries(told.record).filter(([name]) => !QUIET.has(name)).slice(0, MEMBERS).map(([name, value]): [string, string] => [name, shortened(worded(value))]);
  return `<details><summary>${escapeHtml(told.title.trim() === "" ? title : told.title)}</summary>${terms(members)}${shown === "" ? "" : `<pre>${escapeHtml(shown)}</pre>`}${links === "" ? "" : `<p>${links}</p>`}</details>`;
}

async function textOf(tree: DiskTree, file: string): Promise<string> {
  const text = ((await tree.head(file, READ_BYTES)) ?? Buffer.alloc(0)).toString("utf8");
  return [...(file.endsWith(".html") ? plainText(text) : text).slice(0, SHOWN)].join("").trimEnd();
}

/** "Un (done); Deux": what is false, empty or absent is left out. */
function worded(value: unknown): string {
  if (Array.isArray(value)) return value.map(worded).filter((one) => one !== "").join("; ");
  if (typeof value !== "object" || value === null) return value === null || value === undefined || value === false ? "" : String(value);
  return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) => {
    const told = worded(inner);
    return told === "" ? [] : [inner === true ? name : told];
  }).join(", ");
}

function shortened(text: string): string {
  return text.length > CHARACTERS ? `${[...text.slice(0, CHARACTERS)].join("")}…` : text;
}

interface Document {
  readonly title: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, unknown>>;
}

/** Undefined for what is no document. */
async function documentAt(tree: DiskTree, file: string): Promise<Document | undefined> {
  try {
    const { title, record, files } = JSON.parse((await tree.text(file)) ?? "null") as Partial<Document>;
    return typeof title === "string" && typeof record === "object" ? { title, record, files: files ?? {} } : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}
