import { ExodusError } from "../../core/errors.js";
import { markedName } from "../../lib/beside-names.js";
import type { CozyClient } from "./client.js";
import type { CozyDocument, FolderPlace } from "./documents.js";
import { byId, change, childOf, createFolder } from "./files.js";
import { folderMarkOf, withMark, type FolderMark } from "./marks.js";
import { COZY_NAME_BYTES, cozyName } from "./names.js";

export interface Folder {
  readonly document: CozyDocument;
  readonly created: boolean;
}

/** Answered when the name is held by something else; the next one is tried. */
const TAKEN = "taken";

export interface FolderWish {
  /** The source's name. */
  readonly name: string;
  readonly mark: FolderMark;
  /** Identifier from the last time. */
  readonly known?: string | undefined;
}

/**
 * The folder of a container: the known one, renamed or moved where it stands otherwise; else the one that carries its mark, else one of that
 * name that was there already, else a new one. A name that another container of ours or a file holds is marked.
 * @throws ExodusError TARGET_CONTAINER_REFUSED when the stack takes no name.
 */
export async function ensureFolder(client: CozyClient, parent: FolderPlace, wish: FolderWish, signal: AbortSignal): Promise<Folder> {
  const { name } = cozyName(wish.name);
  const names = [name, markedName(name, wish.mark.container, COZY_NAME_BYTES)];
  const known = await knownFolder(client, wish, signal);
  if (known !== undefined && known.parent === parent.id && names.includes(known.name)) return { document: known, created: false };
  for (const one of names) {
    const place = known === undefined ? await occupy(client, parent, one, wish.mark, signal) : await move(client, known, parent, one, signal);
    if (place !== TAKEN) return place;
  }
  throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: client.access.target, reason: `${names.length} names are taken` } });
}

/** What the user threw away is made anew. */
async function knownFolder(client: CozyClient, { known }: FolderWish, signal: AbortSignal): Promise<CozyDocument | undefined> {
  const document = known === undefined ? undefined : await byId(client, known, signal);
  return document?.folder === true && !document.trashed ? document : undefined;
}

async function move(client: CozyClient, known: CozyDocument, parent: FolderPlace, name: string, signal: AbortSignal): Promise<Folder | typeof TAKEN> {
  const moved = await change(client, known, { name, dir_id: parent.id }, signal);
  return typeof moved === "string" ? settled(client, moved) : { document: moved, created: false };
}

async function occupy(client: CozyClient, parent: FolderPlace, name: string, mark: FolderMark, signal: AbortSignal): Promise<Folder | typeof TAKEN> {
  const standing = await childOf(client, parent, name, signal);
  if (standing !== undefined) return adopt(client, standing, mark, signal);
  const made = await createFolder(client, parent.id, { name, metadata: withMark({}, mark) }, signal);
  if (typeof made !== "string") return { document: made, created: true };
  const meanwhile = made === TAKEN ? await childOf(client, parent, name, signal) : undefined;
  return meanwhile === undefined ? settled(client, made) : adopt(client, meanwhile, mark, signal);
}

/** A folder that was there before us is used and marked, and never removed by us. Those of the instance itself (Drives, trash …) are left alone. */
async function adopt(client: CozyClient, standing: CozyDocument, mark: FolderMark, signal: AbortSignal): Promise<Folder | typeof TAKEN> {
  const carried = folderMarkOf(standing)?.container;
  if (!standing.folder || isSystem(standing) || (carried !== undefined && carried !== mark.container)) return TAKEN;
  if (carried === mark.container) return { document: standing, created: false };
  const marked = await change(client, standing, { metadata: withMark(standing.metadata, { ...mark, made: false }) }, signal);
  return typeof marked === "string" ? settled(client, marked) : { document: marked, created: false };
}

function settled(client: CozyClient, answer: "taken" | "refused"): typeof TAKEN {
  if (answer === TAKEN) return TAKEN;
  throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: client.access.target, reason: "HTTP 422" } });
}

export function isSystem({ id }: Pick<CozyDocument, "id">): boolean {
  return id.startsWith("io.cozy.");
}
