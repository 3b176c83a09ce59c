import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { notFound } from "../answers.js";
import { decodeName } from "../tenant/names.js";
import { jsonOf, names } from "../tenant/read.js";
import { guid, type OwnerFile, type TenantStore } from "../tenant/store.js";

export type Told = Readonly<Record<string, unknown>>;

/** A page of a site, `pages/<name>.json`, with what the file says of it. */
export interface SitePage {
  readonly id: string;
  /** Name of the page in addresses: "Accueil.aspx". */
  readonly name: string;
  readonly card: Told;
  readonly modified: string;
  /** Another one = the page changed. */
  readonly mark: string;
}

/** Pages of sites and groups. */
export class PageStore {
  constructor(readonly tenant: TenantStore) {}

  /** In the order of their names, as the service lists them (sitepage-list). */
  async pages(owner: OwnerFile): Promise<readonly SitePage[]> {
    const folder = path.join(owner.base, "pages");
    const files = (await names(this.tenant.disk(folder))).filter((name) => name.endsWith(".json"));
    const pages = await Promise.all(files.map((name) => this.#page(owner, path.join(folder, name))));
    return pages.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async page(owner: OwnerFile, id: string): Promise<SitePage> {
    const found = (await this.pages(owner)).find((page) => page.id === id.toLowerCase());
    if (found === undefined) throw notFound("itemNotFound", "The specified page was not found.");
    return found;
  }

  async #page(owner: OwnerFile, file: string): Promise<SitePage> {
    const [card, text, { mtime }] = [await jsonOf(this.tenant.disk(file)), await readFile(this.tenant.disk(file)), await stat(this.tenant.disk(file))];
    const name = decodeName(path.basename(file).replace(/\.json$/, ""));
    const modified = card["lastModifiedDateTime"] ?? card["createdDateTime"];
    return {
      id: typeof card["id"] === "string" ? card["id"] : guid(`page ${owner.id} ${name}`), name: `${name}.aspx`, card, mark: createHash("sha256").update(text).digest("hex"),
      modified: typeof modified === "string" ? modified : mtime.toISOString().replace(/\.\d+Z$/, "Z"),
    };
  }
}
