import type { Owner } from "../../src/core/item.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { homeOf, HOMES } from "./names.js";
import { chunk } from "./text.js";

/** Writes what the layout tells about the tenant and about an owner: `tenant.json`, `users/<upn>/profile.json`, `groups/<name>/group.json`, `sites/<address>/site.json`. */
export async function writeCards(tree: DiskTree, owner: Owner, title: string | undefined): Promise<void> {
  const home = homeOf(owner);
  await tree.makeFolder(home);
  const domain = owner.kind === "user" ? owner.name.split("@")[1] : undefined;
  if (domain !== undefined && domain !== "") {
    const file = "tenant.json";
    if ((await tree.info(file)) === undefined || title !== undefined) await writeCard(tree, file, { name: title ?? domain, domain }, ["domain"]);
  }
  await tree.sweep(home);
  await writeCard(tree, `${home}/${HOMES[`${owner.kind}s`]}`, { displayName: owner.displayName, ...(owner.mail === undefined ? {} : { mail: owner.mail }) }, []);
}

/** Sets members of a JSON file and leaves its others as they are; `once` names those that are set only where they are missing. Writes nothing when nothing changes. */
async function writeCard(tree: DiskTree, file: string, members: Readonly<Record<string, string>>, once: readonly string[]): Promise<void> {
  const before = parsed(await tree.text(file));
  const after = { ...before };
  for (const [name, value] of Object.entries(members)) if (!(once.includes(name) && name in before)) after[name] = value;
  const text = `${JSON.stringify(after, null, 1)}\n`;
  if (JSON.stringify(before) !== JSON.stringify(after)) await tree.write(file, chunk(text));
}

/** A file that holds no JSON object counts as empty. */
function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}
