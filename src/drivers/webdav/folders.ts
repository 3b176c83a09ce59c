import { ExodusError } from "../../core/errors.js";
import { markedName } from "../../lib/beside-names.js";
import type { DavClient } from "../dav/client.js";
import { below, nameOf, parentOf, samePath, withoutSlash } from "../dav/paths.js";
import { membersOf, mkcol, proppatch, remove, transfer } from "../dav/verbs.js";
import { folderMarks, standing, type Standing } from "./marks.js";
import { spellings, takesName, type ServerNames } from "./names.js";

/** Files on their way stand under this name; see `files.ts`. */
export const PART = ".exodus-";

export interface Folder {
  /** Path without final slash. */
  readonly path: string;
  readonly created: boolean;
}

/** A container of the source: its name, spelled by `rules`, its mark, and where it stood before. */
export interface WantedFolder {
  readonly name: string;
  readonly rules: ServerNames["folder"];
  readonly mark: string;
  readonly known: string | undefined;
}

/** Answered when the server does not take the name; the next spelling is tried. */
const REFUSED = "refused";

/**
 * The folder of a container below `parent`: the one that carries its mark, else a new one, or a folder of that name that was there already.
 * `known` is moved when it stands elsewhere. A name that another container of ours holds is marked.
 * @throws ExodusError TARGET_CONTAINER_REFUSED when no spelling of the name is taken.
 */
export async function ensureFolder(client: DavClient, parent: string, { name, rules, mark, known }: WantedFolder, signal: AbortSignal): Promise<Folder> {
  const names = spellings(name, rules);
  const candidates = [...names, ...names.map((one) => markedName(one, mark))].map((one) => below(parent, one));
  for (const path of candidates) {
    const place = await occupy(client, path, mark, known, signal);
    if (place !== undefined && place !== REFUSED) return place;
  }
  throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: client.access.target, reason: "no spelling of the name is accepted" } });
}

/** Undefined when another container or a file holds the path. */
async function occupy(client: DavClient, path: string, mark: string, known: string | undefined, signal: AbortSignal): Promise<Folder | undefined | typeof REFUSED> {
  const found = await tolerant(() => standing(client, `${path}/`, signal));
  if (found === REFUSED) return REFUSED;
  if (found !== undefined) return settle(client, path, found, mark, known, signal);
  if (known !== undefined && !samePath(known, path)) {
    const { status } = await transfer(client, "MOVE", { from: `${known}/`, to: `${path}/`, overwrite: false }, signal);
    if (status < 300) return { path, created: false };
    if (status !== 404 && (await standing(client, `${known}/`, signal)) !== undefined) return REFUSED;
  }
  const status = await tolerant(() => mkcol(client, `${path}/`, signal));
  if (status === REFUSED) return REFUSED;
  // 405: made by another put at the same moment; 409: its parent is gone.
  if (status >= 400) {
    if ((await standing(client, `${path}/`, signal)) === undefined) return REFUSED;
    return { path, created: false };
  }
  await proppatch(client, `${path}/`, folderMarks(mark, true), signal);
  return { path, created: true };
}

async function settle(client: DavClient, path: string, found: Standing, mark: string, known: string | undefined, signal: AbortSignal): Promise<Folder | undefined> {
  if (!found.folder || (found.container !== undefined && found.container !== mark)) return undefined;
  if (found.container === undefined) {
    // A folder that was there before us must not take the place of ours: ours goes beside it.
    if (known !== undefined && !samePath(known, path) && (await standing(client, `${known}/`, signal)) !== undefined) return undefined;
    await proppatch(client, `${path}/`, folderMarks(mark, false), signal);
  }
  return { path, created: false };
}

/** A refusal of the name by status (400, 403, 409, 415 …) instead of an error; other errors pass. */
async function tolerant<T>(operation: () => Promise<T>): Promise<T | typeof REFUSED> {
  try {
    return await operation();
  } catch (thrown) {
    if (thrown instanceof ExodusError && ["TARGET_CONTAINER_REFUSED", "TARGET_REFUSED_ITEM", "TARGET_DENIED"].includes(thrown.code)) return REFUSED;
    throw thrown;
  }
}

/**
 * Makes the root and what is missing above it, and marks it; nothing is made above the first level that answers. Answers whether it is new.
 * @throws ExodusError TARGET_CONTAINER_REFUSED when a level is missing whose name the server keeps for itself, or it refuses one.
 */
export async function ensureRoot(client: DavClient, path: string, rules: ServerNames["folder"], mark: string | undefined, signal: AbortSignal): Promise<boolean> {
  const found = await standing(client, `${path}/`, signal);
  if (found === undefined) {
    if (parentOf(path) !== "") await ensureRoot(client, parentOf(path), rules, undefined, signal);
    if (!takesName(nameOf(path), rules)) throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: client.access.target, reason: `${nameOf(path)}: only the server makes it` } });
    const status = await mkcol(client, `${path}/`, signal);
    if (status >= 400 && (await standing(client, `${path}/`, signal)) === undefined) {
      throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: client.access.target, reason: `MKCOL: HTTP ${status}` } });
    }
  }
  if (mark !== undefined && found?.container !== mark) await proppatch(client, `${path}/`, folderMarks(mark, found === undefined), signal);
  return found === undefined;
}

/** Removes a folder that we made when it holds nothing but leftovers of cut uploads; answers whether it is gone. */
export async function removeEmptyFolder(client: DavClient, path: string, signal: AbortSignal): Promise<boolean> {
  const found = await standing(client, `${path}/`, signal);
  if (found === undefined) return true;
  if (!found.made) return false;
  const inside = (await membersOf(client, `${path}/`, signal)) ?? [];
  if (inside === "many" || inside.some((href) => !nameOf(href).startsWith(PART))) return false;
  for (const href of inside) await remove(client, withoutSlash(href), signal);
  await remove(client, `${path}/`, signal);
  return true;
}
