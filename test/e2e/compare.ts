import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import PostalMime from "postal-mime";

/**
 * Compares a tenant folder with an archive of it, on its own terms: it shares no code with the program. What is compared are multisets of
 * lines, one an item, so that a missing, an extra and a doubled item all show.
 */
export async function compareTrees(tenant: string, archive: string): Promise<{ missing: string[]; extra: string[]; count: number }> {
  const wanted = await linesOf(tenant);
  const found = await linesOf(archive);
  const count = wanted.length;
  return { missing: difference(wanted, found), extra: difference(found, wanted), count };
}

async function linesOf(root: string): Promise<string[]> {
  const lines: string[] = [];
  for (const owner of await names(path.join(root, "users"))) {
    const home = path.join(root, "users", owner);
    for await (const file of walk(path.join(home, "mail"))) if (file.endsWith(".eml")) lines.push(`${owner} mail ${path.dirname(file)} ${await sha(path.join(home, "mail", file))} ${await state(path.join(home, "mail", file))}`);
    for await (const file of walk(path.join(home, "drive"))) {
      const at = path.join(home, "drive", file);
      if (file.endsWith(".permissions.json")) {
        lines.push(`${owner} drive ${file} ${sorted(JSON.parse(await readFile(at, "utf8")) as object[])}`);
        continue;
      }
      lines.push(`${owner} drive ${file} ${await sha(at)} ${file.includes(".versions/") ? "" : await modified(home, file, at)}`);
    }
    for await (const file of walk(path.join(home, "calendars"))) if (file.endsWith(".ics")) lines.push(`${owner} calendar ${path.dirname(file)} ${await field(path.join(home, "calendars", file), "UID")}`);
    for await (const file of walk(path.join(home, "contacts"))) if (file.endsWith(".vcf")) lines.push(`${owner} contact ${path.dirname(file)} ${await field(path.join(home, "contacts", file), "FN")}`);
  }
  // Posts of groups have no bytes of their own at the source: what they say is compared, and neither folder nor layout.
  for (const group of await names(path.join(root, "groups"))) {
    const mail = path.join(root, "groups", group, "mail");
    for await (const file of walk(mail)) if (file.endsWith(".eml")) lines.push(`${group.split("@")[0] ?? ""} post ${await post(path.join(mail, file))}`);
  }
  return lines;
}

/** Rights, whatever the order of their members. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).sort().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, member]) => `${name}:${sorted(member)}`).sort().join()}}`;
}

async function post(file: string): Promise<string> {
  const { subject = "", from, sender, date, messageId, inReplyTo, html, text, attachments } = await PostalMime.parse(await readFile(file));
  const said = (html ?? text ?? "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
  return JSON.stringify([subject.replace(/^RE: /, ""), from?.address, (sender ?? from)?.address, date, messageId, inReplyTo ?? null, said, attachments.map(({ filename, content }) => [filename, Buffer.from(content as ArrayBuffer).toString("base64")])]);
}

/** The parts of the sidecar that every message has, filled with the mailbox's defaults where the tenant folder says nothing. */
async function state(file: string): Promise<string> {
  const told = await readFile(file.replace(/\.eml$/, ".json"), "utf8").then((text) => JSON.parse(text) as Record<string, unknown>, () => ({}) as Record<string, unknown>);
  const flag = typeof told["flag"] === "object" && told["flag"] !== null ? (told["flag"] as { flagStatus?: string }).flagStatus : told["flag"];
  return JSON.stringify([told["isRead"] ?? true, flag ?? "notFlagged", told["importance"] ?? "normal", told["categories"] ?? [], told["isDraft"] ?? false]);
}

async function modified(home: string, file: string, at: string): Promise<string> {
  const sheet = await readFile(path.join(home, "drive.json"), "utf8").then((text) => JSON.parse(text) as Record<string, { lastModifiedDateTime?: string }>, () => ({}) as Record<string, { lastModifiedDateTime?: string }>);
  const told = sheet[file.split("/").map(decode).join("/")]?.lastModifiedDateTime;
  const time = told === undefined ? (await stat(at)).mtimeMs : Date.parse(told);
  return String(Math.floor(time / 1000));
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function field(file: string, name: string): Promise<string> {
  const text = (await readFile(file, "utf8")).replace(/\r?\n[ \t]/g, "");
  return (new RegExp(`^${name}(?:;[^:]*)?:(.*)$`, "m").exec(text)?.[1] ?? "").trim();
}

async function sha(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function* walk(dir: string, below = ""): AsyncIterable<string> {
  for (const name of await names(path.join(dir, below))) {
    const file = below === "" ? name : `${below}/${name}`;
    if ((await stat(path.join(dir, file))).isDirectory()) yield* walk(dir, file);
    else yield file;
  }
}

async function names(dir: string): Promise<string[]> {
  return (await readdir(dir).catch(() => [])).sort();
}

export function difference(from: readonly string[], without: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of without) left.set(line, (left.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
