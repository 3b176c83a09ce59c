import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * What a vault holds by its records alone, one JSON line an item, sorted: read by docs/format.md and nothing of the program's. The last line about
 * an identifier wins; a tombstone with a container counts only for what still stands there; a container takes what is in it and below with it.
 * An encrypted one is opened by age, with the identity in the file that is named.
 */
export async function contentsOf(vault, identity) {
  if (identity === undefined) return told(vault, (text) => text);
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-golden-key-"));
  try {
    const key = path.join(dir, "vault.key");
    await writeFile(key, execFileSync("age", ["-d", "-i", identity, path.join(vault, "key.age")]), { mode: 0o600 });
    return await told(vault, (text) => execFileSync("age", ["-d", "-i", key], { input: Buffer.from(JSON.parse(text), "base64"), encoding: "utf8" }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function told(vault, clear) {
  const lines = [];
  for (const folder of await readdir(path.join(vault, "owners"))) {
    const owner = JSON.parse(clear(await readFile(path.join(vault, "owners", folder, "owner.json"), "utf8")));
    const records = path.join(vault, "owners", folder, "records");
    const files = (await readdir(records)).sort();
    for (const workload of new Set(files.map((name) => name.replace(/-\d+\.jsonl$/, "")))) {
      const items = new Map();
      const parents = new Map();
      for (const file of files.filter((name) => name.startsWith(`${workload}-`))) {
        for (const text of (await readFile(path.join(records, file), "utf8")).split("\n").filter((line) => line !== "")) take(JSON.parse(clear(text)), items, parents);
      }
      for (const { key, container, title, record, body, parts, digest } of items.values()) {
        lines.push(JSON.stringify({ owner: owner.name, workload, id: key.id, container, type: record.type, title, digest, body: body?.sha256 ?? null, parts: parts.map(({ sha256 }) => sha256) }));
      }
    }
  }
  return lines.sort();
}

function take(line, items, parents) {
  switch (line.kind) {
    case "item":
      items.set(line.key.id, line);
      break;
    case "container":
      parents.set(line.container.id, line.container.parentId);
      break;
    case "tombstone":
      if (line.container === undefined || items.get(line.id)?.container === line.container) items.delete(line.id);
      break;
    case "container-gone":
      for (const [id, { container }] of items) if (isBelow(container, line.id, parents)) items.delete(id);
      break;
    default:
      throw new Error(`a line of kind ${line.kind}`);
  }
}

function isBelow(container, top, parents) {
  for (let at = container, depth = 0; at !== undefined && depth < 100; at = parents.get(at), depth += 1) if (at === top) return true;
  return false;
}
