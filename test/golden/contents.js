import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * What a vault holds by its records alone, one JSON line an item, sorted: read by docs/format.md and nothing of the program's. The last line about
 * an identifier wins; a tombstone with a container counts only for what still stands there; a container takes what is in it and below with it.
 */
export async function contentsOf(vault) {
  const lines = [];
  for (const folder of await readdir(path.join(vault, "owners"))) {
    const owner = JSON.parse(await readFile(path.join(vault, "owners", folder, "owner.json"), "utf8"));
    const records = path.join(vault, "owners", folder, "records");
    const files = (await readdir(records)).sort();
    for (const workload of new Set(files.map((name) => name.replace(/-\d+\.jsonl$/, "")))) {
      const items = new Map();
      const parents = new Map();
      for (const file of files.filter((name) => name.startsWith(`${workload}-`))) {
        for (const text of (await readFile(path.join(records, file), "utf8")).split("\n").filter((line) => line !== "")) take(JSON.parse(text), items, parents);
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
