import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { FOLDER_RULE } from "../../src/kit/file-losses.js";
import { PreparedFolders } from "../../src/kit/prepared-folders.js";
import { fileItem, folderItem } from "../../src/kit/typed-items.js";
import { isNameUuid } from "../../src/lib/name-uuid.js";
import { retrying } from "../../src/lib/retry.js";
import { parentOf, stands, type Items } from "./items.js";
import { fileTitle, folderTitle, losses } from "./names.js";

const ATTEMPTS = 3;

/** One owner's files, below a folder of its own. TargetContainer.id and TargetRef.id = identifiers made of what the source calls them; they outlive renames. */
export class FichiersSession implements TargetSession {
  readonly #folders: PreparedFolders;

  constructor(private readonly items: Items, private readonly root: { readonly target: string; readonly seed: string; readonly title: string }, readonly close: () => Promise<void>) {
    this.#folders = new PreparedFolders(root.target, async (signal) => (await this.#top(signal)).item.id, async (owner, id, signal) => (await items.find(`${owner}/${id}`, signal))?.id);
  }

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.#prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: FOLDER_RULE };
    const { record, body } = fileItem(item);
    const { known, into, signal } = context;
    const seed = seedOf(item, context);
    const filename = fileTitle(record.name).name;
    const old = known === undefined ? undefined : await this.items.seen(known.id, signal);
    const own = stands(old) && isNameUuid(old.id, seed) && old.upload_state !== "pending";
    const { item: claimed, made } = own ? { item: old, made: false } : await this.items.claim(seed, into.id, { type: "file", filename, size: body.size }, signal);
    const whole = made ? await this.items.upload(claimed, { size: body.size, bytes: context.open(body) }, signal) : claimed;
    // A content cannot be replaced: the old file goes once the new one is whole, and leaves it its title.
    const left = known !== undefined && known.id !== whole.id;
    if (left && old !== undefined) await this.remove(known, into, signal);
    const placed = await this.items.place(whole, into.id, filename, made && !left, signal);
    const changed = made || left || placed !== whole || parentOf(whole) !== into.id;
    return { outcome: !changed ? "unchanged" : known === undefined && made ? "created" : "updated", ref: { id: placed.id }, losses: losses.file(record, placed.title) };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (folderItem(item) !== undefined) return undefined;
    const found = await retrying(() => this.items.find(seedOf(item, context), context.signal), { attempts: ATTEMPTS, signal: context.signal });
    return found === undefined || parentOf(found) !== context.into.id ? undefined : { id: found.id };
  }

  /** To the trash; what somebody took elsewhere stays there. */
  async remove({ id }: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    const found = await this.items.get(id, signal);
    if (stands(found) && parentOf(found) === into.id) await this.items.remove(id, signal);
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.items.get(id, signal);
    if (stands(found) && found.numchild !== 0) return false;
    if (stands(found)) await this.items.remove(id, signal);
    return true;
  }

  /** Size, name and state are the server's own; the external API gives no bytes back, so that sameness is never claimed. */
  async verify(item: Item, { id }: TargetRef, { into, signal }: PutContext): Promise<Verdict> {
    const { record, body } = fileItem(item);
    const found = await this.items.get(id, signal);
    if (!stands(found)) return { state: "missing", fields: [] };
    const name = fileTitle(record.name).name;
    const second = await this.items.isSecond(found, into.id, name, signal);
    const fields = [
      { field: "size", expected: String(body.size), found: String(found.size ?? "") },
      { field: "name", expected: name, found: second ? name : found.title },
      { field: "state", expected: "", found: /^(?:pending|suspicious)$/.exec(found.upload_state ?? "")?.[0] ?? "" },
    ].filter(({ expected, found: there }) => expected !== there);
    return { state: fields.length === 0 ? "unverifiable" : "different", fields };
  }

  async #prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { id, owner, name, path } = container;
    const held = known === undefined ? undefined : await this.items.seen(known, signal);
    if (path.length === 0) {
      const { item, made } = stands(held) ? { item: held, made: false } : await this.#top(signal);
      this.#folders.hold(container, item.id);
      return { id: item.id, created: made, losses: [] };
    }
    const parent = await this.#folders.parentOf(container, signal);
    const title = folderTitle(name).name;
    const { item, made } = stands(held) ? { item: held, made: false } : await this.items.claim(`${owner}/${id}`, parent, { type: "folder", title }, signal);
    const placed = await this.items.place(item, parent, title, made, signal);
    this.#folders.hold(container, placed.id);
    return { id: placed.id, created: made, losses: losses.folder(name, placed.title) };
  }

  /** A second root would part an account's files in two: it is looked for under later identifiers before it is made. */
  async #top(signal: AbortSignal): ReturnType<Items["claim"]> {
    const found = await this.items.find(this.root.seed, signal);
    return found !== undefined ? { item: found, made: false } : this.items.claim(this.root.seed, undefined, { type: "folder", title: this.root.title }, signal);
  }
}

/** By its bytes too: a changed content is another file. */
function seedOf(item: Item, { idempotencyKey }: PutContext): string {
  return `${idempotencyKey}/${fileItem(item).body.sha256}`;
}
