import type { PutContext, PutResult, TargetContainer, TargetRef } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { FOLDER_RULE } from "../../src/kit/file-losses.js";
import { OneWaySession, type Unsure } from "../../src/kit/one-way.js";
import { PreparedFolders } from "../../src/kit/prepared-folders.js";
import { fileItem, folderItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import { foldedName } from "../../src/lib/target-names.js";
import { addressOf, addressText, boxOf, type FolderAddress } from "./addresses.js";
import { folderWords, placeWords, type Box } from "./box.js";
import { boxName, CHANGED, losses, markedName, RENAMED, STAYS } from "./names.js";
import { NamedFolders } from "./named-folders.js";

const ATTEMPTS = 3;

export interface SessionOptions {
  readonly target: string;
  readonly box: Box;
  /** External id of the sphere that gets what is made from now on. */
  readonly sphere: string;
  /** Name of the folder of all of the account's files. */
  readonly folder: string;
  /** What became of files whose last call got no answer, by whoever has looked; "send" makes folders too. */
  readonly unsure: Unsure;
  readonly close: () => Promise<void>;
}

/** One owner's files in the box of a sphere. TargetContainer.id = `addressText`; TargetRef.id = the name as it folds, etag = what was sent, `<SHA-256>/<name>`. */
export class WhallerSession extends OneWaySession {
  readonly #folders: PreparedFolders;
  readonly #named = new NamedFolders();

  constructor(private readonly options: SessionOptions) {
    super({ target: options.target, unsure: options.unsure, adds: "the vendor's client only adds" });
    this.#folders = new PreparedFolders(options.target, () => Promise.resolve(boxOf(options.sphere)), () => Promise.resolve(undefined));
  }

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    if (known === undefined) return retrying(() => this.#make(container, signal), { attempts: ATTEMPTS, signal });
    const at = this.#addressOf(known);
    const above = await this.#aboveOf(container, signal);
    this.#folders.hold(container, known);
    this.#named.take(at, container);
    return { id: known, created: false, losses: this.#standingLosses(container, at, above) };
  }

  async findContainer(container: PlacedContainer, signal: AbortSignal): Promise<TargetContainer | undefined> {
    const { target, unsure } = this.options;
    const above = await this.#aboveOf(container, signal);
    if (unsure === "send") return undefined;
    throw new ExodusError("TARGET_CONTAINER_UNSURE", { params: { target, container: folderWords(above, this.#nameOf(container)), reason: "an earlier run" } });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: FOLDER_RULE };
    const { record, body } = fileItem(item);
    const { known, signal } = context;
    const into = this.#addressOf(context.into.id);
    if (known !== undefined) return { outcome: "unchanged", ref: known, losses: standingFileLosses(item, known) };
    const name = await freeName(item, context);
    const { box } = this.options;
    const cloudFile = await box.upload(into.sphere, { name, mediaType: record.mediaType, size: body.size, bytes: context.open(body) }, signal);
    await context.sending();
    await box.addFile(into, name, cloudFile, signal);
    return { outcome: "created", ref: refOf(item, name), losses: losses.file(record, name) };
  }

  override async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const { target, unsure } = this.options;
    // What stands is not sent again, and rights of a folder never were.
    if (context.known !== undefined || folderItem(item) !== undefined) return context.known;
    if (unsure === "report") throw new ExodusError("TARGET_UNSURE", { params: { target, reason: placeWords(this.#addressOf(context.into.id)) } });
    return unsure === "arrived" ? refOf(item, await freeName(item, context)) : undefined;
  }

  close(): Promise<void> {
    return this.options.close();
  }

  async #make(container: PlacedContainer, signal: AbortSignal): Promise<TargetContainer> {
    const above = await this.#aboveOf(container, signal);
    const wanted = this.#nameOf(container);
    const [sphere, parent] = [above.sphere, above.folder];
    const name = this.#named.isFree({ sphere, parent, name: wanted }, container) ? wanted : markedName(wanted, container);
    const at: FolderAddress = { sphere, parent, name, folder: await this.options.box.addFolder(above, name, signal) };
    const id = addressText(at);
    this.#folders.hold(container, id);
    this.#named.take(at, container);
    return { id, created: true, losses: container.path.length === 0 ? [] : losses.folder(container.name, name) };
  }

  /** Of a folder that stands: of its name and place now, and that it keeps those that it had. */
  #standingLosses(container: PlacedContainer, { parent, name }: FolderAddress, above: FolderAddress): readonly Loss[] {
    if (container.path.length === 0) return [];
    const wanted = this.#nameOf(container);
    const stays = parent !== above.folder || ![wanted, markedName(wanted, container)].includes(name);
    return stays ? [STAYS] : losses.folder(container.name, name);
  }

  async #aboveOf(container: PlacedContainer, signal: AbortSignal): Promise<FolderAddress> {
    return this.#addressOf(container.path.length === 0 ? boxOf(this.options.sphere) : await this.#folders.parentOf(container, signal));
  }

  /** The top one has the account's name. */
  #nameOf({ path, name }: PlacedContainer): string {
    return boxName(path.length === 0 ? this.options.folder : name).name;
  }

  #addressOf(id: string): FolderAddress {
    const address = addressOf(id);
    if (address === undefined) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.options.target, reason: "no folder of a box" } });
    return address;
  }
}

/** The name, or a marked one where another file of ours has it in the folder: it may be one that has another name at the source since. */
async function freeName(item: Item, { isTaken }: PutContext): Promise<string> {
  const wanted = boxName(fileItem(item).record.name).name;
  return (await isTaken({ id: foldedName(wanted) })) ? markedName(wanted, item.key) : wanted;
}

function refOf(item: Item, name: string): TargetRef {
  return { id: foldedName(name), etag: `${fileItem(item).body.sha256}/${name}` };
}

/** Of a file that stands as it was sent. */
function standingFileLosses(item: Item, { id, etag }: TargetRef): readonly Loss[] {
  const { record, body } = fileItem(item);
  const [sent = "", name = id] = /^([0-9a-f]{64})\/(.*)$/s.exec(etag ?? "")?.slice(1) ?? [];
  const wanted = boxName(record.name).name;
  const renamed = ![wanted, markedName(wanted, item.key)].includes(name);
  return [...losses.file(record, renamed ? wanted : name), ...(renamed ? [RENAMED] : []), ...(sent === body.sha256 ? [] : [CHANGED])];
}
