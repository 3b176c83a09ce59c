import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { GraphRefusal } from "../answers.js";
import { asRead } from "../tenant/as-read.js";
import { decodeName } from "../tenant/names.js";
import { absent, jsonOf, names } from "../tenant/read.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

export type Json = Readonly<Record<string, unknown>>;

/** A notebook, a group of sections or a section: a folder of the tenant folder. One that holds pages is a section. */
export interface Part {
  readonly kind: "notebook" | "sectionGroup" | "section";
  readonly id: string;
  readonly name: string;
  /** Path below the tenant folder. */
  readonly folder: string;
  readonly card: Json;
  readonly parents: readonly Part[];
}

/** A page, `<Section>/<page>.html`, with what `<page>.json` tells beside it. */
export interface Page {
  readonly id: string;
  readonly file: string;
  readonly card: Json;
  readonly section: Part;
  readonly modified: string;
}

interface Tree {
  readonly parts: Promise<readonly Part[]>;
  pages?: Promise<readonly Page[]>;
}

/** OneNote of an owner's folder `onenote/<Notebook>/…/<Section>/<page>.html`; pictures and files of pages stand in `resources/` beside them. */
export class OnenoteStore {
  /** By owner. */
  readonly #trees = asRead(() => new Map<string, Tree>());

  constructor(readonly tenant: TenantStore) {}

  /** Everything that holds something, parents first. */
  parts(owner: OwnerFile): Promise<readonly Part[]> {
    return this.#tree(owner).parts;
  }

  async pages(owner: OwnerFile, section: Part): Promise<readonly Page[]> {
    return (await this.allPages(owner)).filter((page) => page.section.id === section.id);
  }

  allPages(owner: OwnerFile): Promise<readonly Page[]> {
    const tree = this.#tree(owner);
    return (tree.pages ??= tree.parts.then(async (parts) => (await Promise.all(parts.filter(({ kind }) => kind === "section").map((section) => this.#pages(owner, section)))).flat()));
  }

  #tree(owner: OwnerFile): Tree {
    const known = this.#trees(this.tenant);
    const tree = known.get(owner.id) ?? { parts: this.#below(owner, path.join(owner.base, "onenote"), []) };
    known.set(owner.id, tree);
    return tree;
  }

  async #pages(owner: OwnerFile, section: Part): Promise<readonly Page[]> {
    const found: Page[] = [];
    for (const name of (await names(this.tenant.disk(section.folder))).filter((one) => one.endsWith(".html"))) {
      const file = path.join(section.folder, name);
      const card = await jsonOf(this.tenant.disk(file.replace(/\.html$/, ".json")));
      const { mtime } = await stat(this.tenant.disk(file));
      const modified = typeof card["lastModifiedDateTime"] === "string" ? card["lastModifiedDateTime"] : mtime.toISOString().replace(/\.\d+Z$/, "Z");
      found.push({ id: typeof card["id"] === "string" ? card["id"] : this.#idOf(owner, "page", file), file, card, section, modified });
    }
    return found.sort((a, b) => Number(a.card["order"] ?? 0) - Number(b.card["order"] ?? 0));
  }

  /** The page's HTML; `resources/<name>` becomes the address of the resource, as the service writes it. */
  async content(owner: OwnerFile, { file, section }: Page, base: string): Promise<string> {
    const html = await readFile(this.tenant.disk(file), "utf8");
    return html.replace(/(["'])resources\/([^"']+)\1/g, (_, quote: string, name: string) => `${quote}${base}/resources/${this.#idOf(owner, "resource", section.folder, name)}/$value${quote}`);
  }

  /** Absolute path of a resource. */
  async resource(owner: OwnerFile, id: string): Promise<{ readonly file: string; readonly name: string }> {
    for (const section of (await this.parts(owner)).filter(({ kind }) => kind === "section")) {
      const folder = path.join(section.folder, "resources");
      const name = (await names(this.tenant.disk(folder))).find((one) => this.#idOf(owner, "resource", section.folder, decodeName(one)) === id);
      if (name !== undefined) return { file: this.tenant.disk(path.join(folder, name)), name };
    }
    throw missing();
  }

  async #below(owner: OwnerFile, folder: string, parents: readonly Part[]): Promise<readonly Part[]> {
    const found: Part[] = [];
    for (const name of await names(this.tenant.disk(folder))) {
      const below = path.join(folder, name);
      const info = await stat(this.tenant.disk(below)).catch(absent(undefined));
      if (info?.isDirectory() !== true || name === "resources") continue;
      const inside = await names(this.tenant.disk(below));
      const kind = parents.length === 0 ? "notebook" as const : inside.some((one) => one.endsWith(".html")) || inside.includes("section.json") ? "section" as const : "sectionGroup" as const;
      const card = await jsonOf(this.tenant.disk(path.join(below, kind === "notebook" ? "notebook.json" : "section.json")));
      const part: Part = { kind, id: typeof card["id"] === "string" ? card["id"] : this.#idOf(owner, kind, below), name: decodeName(name), folder: below, card, parents };
      found.push(part);
      if (kind !== "section") found.push(...(await this.#below(owner, below, [...parents, part])));
    }
    return found;
  }

  #idOf(owner: OwnerFile, ...parts: readonly string[]): string {
    return `1-${this.tenant.idOf(owner.name, ...parts).replace(/_/g, "!").slice(0, 36)}`;
  }
}

/** "The requested resource can't be found" (concepts/onenote-error-codes). */
export function missing(): GraphRefusal {
  return new GraphRefusal(404, "20102", "The specified resource ID does not exist.");
}
