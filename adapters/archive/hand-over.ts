import type { Lang } from "../../src/core/errors.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { threadPages } from "./conversation/thread-page.js";
import { permissionsFileOf } from "./permissions.js";

/** A file to hand over. `path`: kind of owner, owner, and what stands below, for example "users/zoe@commune.example/drive/Plan.pdf". */
export interface HandOverFile {
  readonly path: string;
  /** Bytes, where they stand on the disk already. */
  readonly size?: number;
  readonly modifiedAt?: string;
  open(): AsyncIterable<Uint8Array>;
}

/** What somebody put there, and is not followed: neither a file nor a folder (a link, a device), or what stands in the place of the thread pages. */
export interface Refused {
  readonly path: string;
  readonly refused: true;
}

/** Folders of the archive that stand together as one owner's, each below a prefix; the longest prefix tells where a path is. */
type Mounts = readonly (readonly [prefix: string, folder: string])[];

const KINDS = ["chats", "groups", "sites", "users"] as const;
/** Where a team's channels stand in their group's folder. */
const CHANNELS = "channels";
const ABOUT = "_about";
const THREADS = "threads";
/** Folders of conversations in the archive; anywhere else these names are those of somebody's files. */
const CONVERSATION = /^(?:chats\/[^/]+|teams\/[^/]+\/[^/]+)$/;

/**
 * Every file of an archive by owner, in the order of its path's components (code units): chats, groups with their teams' channels, sites, users. Each conversation has a
 * readable page a thread. Links are never followed, and a folder that cannot be read is an error: what stands in it would pass for gone. Memory: a batch of names of each folder on the way down.
 */
export async function* handOverFiles(tree: DiskTree, lang: Lang): AsyncGenerator<HandOverFile | Refused> {
  for (const kind of KINDS) {
    for await (const name of kind === "groups" ? merged(namesIn(tree, "groups"), namesIn(tree, "teams")) : namesIn(tree, kind)) {
      const walk = new Walk(tree, mountsOf(kind, name), lang);
      for await (const file of walk.below("")) yield { ...file, path: [kind, name, ...(file.path === "" ? [] : [file.path])].join("/") };
    }
  }
}

/** Where `handOverFiles` tells of what stands at a reference of the archive's sessions; undefined for what is no file of the archive's layout. */
export function handOverPlace(container: string, ref: string): string | undefined {
  // The item of a folder's rights stands beside the folder.
  const at = ref === "/" ? permissionsFileOf(container) : `${container}/${ref}`;
  const [area = "", name = "", ...below] = at.split("/");
  if (area === "teams") return ["groups", name, CHANNELS, ...below].join("/");
  return (KINDS as readonly string[]).includes(area) ? at : undefined;
}

function mountsOf(kind: string, name: string): Mounts {
  const own: Mounts = [["", `${kind}/${name}`], [ABOUT, `${ABOUT}/${kind}/${name}`]];
  return kind === "groups" ? [...own, [CHANNELS, `teams/${name}`], [`${ABOUT}/${CHANNELS}`, `${ABOUT}/teams/${name}`]] : own;
}

class Walk {
  constructor(private readonly tree: DiskTree, private readonly mounts: Mounts, private readonly lang: Lang) {}

  async *below(path: string): AsyncGenerator<HandOverFile | Refused> {
    const folder = this.#real(path);
    const kind = (await this.tree.itself(folder))?.kind;
    if (kind === "file" || kind === "other") yield { path, refused: true };
    const mounted = this.mounts.filter(([prefix]) => prefix !== "" && parentOf(prefix) === path).map(([prefix]) => nameOf(prefix));
    const conversation = kind === "folder" && CONVERSATION.test(folder);
    for await (const name of merged(namesIn(this.tree, folder), given([...mounted, ...(conversation ? [THREADS] : [])].sort()))) {
      const at = path === "" ? name : `${path}/${name}`;
      if (conversation && name === THREADS) yield* this.#threads(folder, at);
      else yield* this.#entry(at);
    }
  }

  async *#entry(path: string): AsyncGenerator<HandOverFile | Refused> {
    const real = this.#real(path);
    const found = await this.tree.itself(real);
    const kind = this.mounts.some(([prefix]) => prefix === path) ? "folder" : found?.kind;
    if (kind === "folder") yield* this.below(path);
    else if (kind === "file" && found !== undefined) {
      yield { path, size: found.size, modifiedAt: found.mtime.toISOString(), open: () => this.tree.bytes(real) };
    }
    if (kind === "other") yield { path, refused: true };
  }

  async *#threads(folder: string, at: string): AsyncGenerator<HandOverFile | Refused> {
    // The archive makes none: their names would be those of the pages.
    if ((await this.tree.itself(`${folder}/${THREADS}`)) !== undefined) yield { path: at, refused: true };
    for await (const { name, open: bytes } of threadPages(this.tree, folder, this.lang)) yield { path: `${at}/${name}`, open: bytes };
  }

  #real(path: string): string {
    const [prefix, folder] = this.mounts.filter(([one]) => one === "" || path === one || path.startsWith(`${one}/`)).reduce((best, one) => (one[0].length >= best[0].length ? one : best));
    const rest = prefix === "" ? path : path.slice(prefix.length + 1);
    return rest === "" ? folder : `${folder}/${rest}`;
  }
}

/** Of a folder itself: a link to one has no names of ours. */
async function* namesIn(tree: DiskTree, folder: string): AsyncGenerator<string> {
  if ((await tree.itself(folder))?.kind === "folder") yield* tree.names(folder);
}

/** Two sorted streams as one, each text once. */
async function* merged(one: AsyncIterable<string>, other: AsyncIterable<string>): AsyncGenerator<string> {
  const [left, right] = [one[Symbol.asyncIterator](), other[Symbol.asyncIterator]()];
  let [a, b] = [await left.next(), await right.next()];
  while (a.done !== true || b.done !== true) {
    const next: string = a.done === true ? (b.value as string) : b.done === true || a.value <= b.value ? a.value : b.value;
    yield next;
    if (a.done !== true && a.value === next) a = await left.next();
    if (b.done !== true && b.value === next) b = await right.next();
  }
}

async function* given(names: readonly string[]): AsyncGenerator<string> {
  for (const name of names) yield await Promise.resolve(name);
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
