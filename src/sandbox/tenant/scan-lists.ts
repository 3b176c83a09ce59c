import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { ExodusError } from "../../core/errors.js";
import { absent, names } from "./read.js";
import type { Found } from "./scan.js";

/** Lists of an owner: `lists/<List>/list.json`, and `items.jsonl` with one item a line. A folder without `list.json` is none. */
export async function scanLists(dir: string, owner: string, base: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of await names(path.join(dir, base, "lists"))) {
    const file = path.join(base, "lists", name);
    const card = await readFile(path.join(dir, file, "list.json"), "utf8").catch(absent(undefined));
    if (card === undefined) continue;
    const mtimeMs = (await stat(path.join(dir, file, "list.json"))).mtimeMs;
    const entry = (kind: "list" | "list-item", at: string, text: string): Found => ({ kind, owner, file: at, size: 0, mtimeMs, mark: hash(text), contentMark: "", inode: `${kind} ${at}`, born: "", shared: false });
    found.push(entry("list", file, card));
    for await (const { id, text } of linesOf(path.join(dir, file))) found.push(entry("list-item", path.join(file, id), text));
  }
  return found;
}

/** Items of a list as they are told, each with its id. @throws ExodusError SANDBOX_FAILED for a line that is no JSON object with an `id`. */
export async function* linesOf(folder: string): AsyncIterable<{ readonly id: string; readonly text: string; readonly told: Readonly<Record<string, unknown>> }> {
  const file = path.join(folder, "items.jsonl");
  if ((await stat(file).catch(absent(undefined))) === undefined) return;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (text.trim() === "") continue;
    const told = parsed(text, file);
    yield { id: String(told["id"]), text, told };
  }
}

function parsed(text: string, file: string): Readonly<Record<string, unknown>> {
  const failed = (cause: unknown): ExodusError => new ExodusError("SANDBOX_FAILED", { params: { tenant: file, reason: String(cause) }, cause });
  let told: Record<string, unknown> | null;
  try {
    told = JSON.parse(text) as Record<string, unknown> | null;
  } catch (cause) {
    throw failed(cause);
  }
  if (told?.["id"] === undefined) throw failed("a list item without id");
  return told;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
