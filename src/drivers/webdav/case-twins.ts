import { ExodusError } from "../../core/errors.js";
import { foldedName } from "../../lib/target-names.js";
import type { DavClient } from "../dav/client.js";
import { nameOf } from "../dav/paths.js";
import { membersOf } from "../dav/verbs.js";
import { standing } from "./marks.js";

/** Folders whose names are held at once: a session works at few. */
const FOLDERS = 8;
/** Who holds a name that was listed, and not put by this session. */
const STANDS = "";

type Holders = Map<string, string>;

/**
 * Names of folders at a server that takes names which differ in case alone for one, but answers under the spelling that stands (`ServerNames`,
 * `foldsUnseen`): whether a name is free is told by the folder's listing alone.
 */
export class CaseTwins {
  readonly #folders = new Map<string, Promise<Holders>>();

  constructor(private readonly client: DavClient) {}

  /** Whether something else holds the name in another case; if not, it is `key`'s from now on. `name`: nothing stands under this very spelling. */
  async hold(folder: string, name: string, key: string, signal: AbortSignal): Promise<boolean> {
    // What was listed may be gone since.
    for (const anew of [false, true]) {
      const holders = await this.#holders(folder, anew, signal);
      const holder = holders.get(foldedName(name)) ?? key;
      if (holder === key) holders.set(foldedName(name), key);
      if (holder === key) return false;
      if (holder !== STANDS) return true;
    }
    return true;
  }

  async #holders(folder: string, anew: boolean, signal: AbortSignal): Promise<Holders> {
    const known = this.#folders.get(folder);
    if (known !== undefined && !anew) return known;
    const ours = [...((await known) ?? [])].filter(([, key]) => key !== STANDS);
    const listed = this.#list(folder, ours, signal);
    this.#folders.set(folder, listed);
    listed.catch(() => this.#folders.delete(folder));
    for (const oldest of [...this.#folders.keys()].slice(0, -FOLDERS)) this.#folders.delete(oldest);
    return listed;
  }

  /** @throws ExodusError TARGET_REFUSED_ITEM when a folder of others holds too many names to be held. */
  async #list(folder: string, ours: readonly (readonly [string, string])[], signal: AbortSignal): Promise<Holders> {
    const inside = (await membersOf(this.client, `${folder}/`, signal)) ?? [];
    if (inside !== "many") return new Map([...inside.map((href) => [foldedName(nameOf(href)), STANDS] as const), ...ours]);
    // Of a folder of ours the source's own rule is relied on: Microsoft 365 holds no two such names in one folder.
    if ((await standing(this.client, `${folder}/`, signal))?.made === true) return new Map(ours);
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.client.access.target, reason: `${nameOf(folder)}: it holds too many names to tell which are taken` } });
  }
}
