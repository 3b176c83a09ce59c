import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { canonicalJson } from "../../src/core/digest.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, Owner, PlacedContainer, WorkloadName } from "../../src/core/item.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { contactItem, eventItem, fileItem, mailItem } from "../../src/kit/typed-items.js";
import { clashes } from "./clashes.js";
import { compareNote, noteOf } from "./file-note.js";
import { compareVersions, removeVersions, seconds, writeVersions } from "./file-versions.js";
import { Locks } from "./locks.js";
import { itemLosses } from "./losses.js";
import { readState, stateFileOf, stateOf, writeState } from "./message-state.js";
import { areaOf, fileNamesOf, firstFree, folded, versionsOf } from "./names.js";
import { Notes } from "./notes.js";
import { comparePermissions, findCard, isFolderRef, permissionsFileOf, putCard, rightsCard, verifyCard, writePermissions } from "./permissions.js";
import { Places } from "./places.js";

/** One owner's one workload in the archive. TargetContainer.id = folder path below the archive; TargetRef.id = file name in it. */
export class ArchiveSession implements TargetSession {
  readonly #notes: Notes;
  readonly #places: Places;
  readonly #locks = new Locks();

  /** `changing` is awaited before each change: it notes that the offline index is out of date. */
  constructor(private readonly tree: DiskTree, owner: Owner, workload: WorkloadName, private readonly changing: () => Promise<void>) {
    this.#notes = new Notes(tree);
    this.#places = new Places(tree, this.#notes, areaOf(owner, workload), workload === "files" || workload === "calendar", this.#locks);
  }

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    signal.throwIfAborted();
    await this.changing();
    return this.#places.prepare(container, known);
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    context.signal.throwIfAborted();
    if ((await this.tree.info(context.into.id))?.folder !== true) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.tree.root, reason: "ENOENT" } });
    const card = rightsCard(item);
    if (card !== undefined) return putCard(this.tree, card, context, this.changing);
    const { own } = fileNamesOf(item, context.idempotencyKey);
    return this.#locks.run(`${context.into.id}/${folded(own)}`, async () => {
      const name = await this.#choose(item, context);
      const file = `${context.into.id}/${name}`;
      const { known } = context;
      if (known !== undefined && known.id !== name) await this.#rename(`${context.into.id}/${known.id}`, file);
      const found = await this.tree.info(file);
      const differing = await this.#differences(item, file);
      const losses = itemLosses(item, name);
      if (found !== undefined && differing.length === 0) return { outcome: "unchanged", ref: { id: name }, losses };
      await this.changing();
      await this.#write(item, file, found === undefined || differing.some(({ field }) => field === "bytes"), context);
      return { outcome: known === undefined ? "created" : "updated", ref: { id: name }, losses };
    });
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    context.signal.throwIfAborted();
    const card = rightsCard(item);
    if (card !== undefined) return findCard(this.tree, card, context);
    for (const name of new Set(Object.values(fileNamesOf(item, context.idempotencyKey)))) {
      if ((await this.#isSame(item, context, name)) && (await this.#isOurs(item, context, name)) && !(await context.isTaken({ id: name }))) return { id: name };
    }
    return undefined;
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (isFolderRef(ref)) {
      await this.changing();
      return writePermissions(this.tree, into.id, undefined);
    }
    const file = `${into.id}/${ref.id}`;
    const note = await this.#notes.file(file);
    // Renamed in its case alone, the file answers to its old name too where the file system folds case.
    if ((note !== undefined && note.file !== ref.id) || ((await this.tree.info(file)) !== undefined && !(await this.tree.isSpelled(file)))) return;
    await this.changing();
    await this.tree.removeFile(file);
    if (file.endsWith(".eml") && note === undefined) await this.tree.removeFile(stateFileOf(file));
    if (note === undefined) return;
    await removeVersions(this.tree, file, 0);
    if (note.permissions === true) await writePermissions(this.tree, file, undefined);
    await this.#notes.removeFile(file);
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    await this.changing();
    return this.#places.remove(id);
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    context.signal.throwIfAborted();
    const card = rightsCard(item);
    if (card !== undefined) return verifyCard(this.tree, card, context);
    const file = `${context.into.id}/${ref.id}`;
    if ((await this.tree.info(file))?.folder !== false) return { state: "missing", fields: [] };
    const fields = await this.#differences(item, file);
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  async close(): Promise<void> {
    // Every file was closed when it was written.
  }

  /** The first of the item's names that is its own or free. */
  async #choose(item: Item, context: PutContext): Promise<string> {
    const names = fileNamesOf(item, context.idempotencyKey);
    const { known, into } = context;
    const stands = known !== undefined && Object.values(names).includes(known.id) && (await this.tree.info(`${into.id}/${known.id}`))?.folder === false;
    if (stands) return known.id;
    const name = await firstFree(names, async (one) => {
      const found = await this.tree.info(`${into.id}/${one}`);
      if (found?.folder === false && !(await context.isTaken({ id: one })) && (await this.#isOurs(item, context, one))) return "free";
      if (item.key.workload === "files" && (await clashes(this.tree, this.#notes, into.id, one))) return "clash";
      return found === undefined ? "free" : "taken";
    });
    if (name !== undefined) return name;
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.tree.root, reason: "every spelling of the name is taken" } });
  }

  /** Names of messages, events and contacts hold the item's key. Another file's name may be anybody's: its note tells, else its content. */
  async #isOurs(item: Item, context: PutContext, name: string): Promise<boolean> {
    if (item.key.workload !== "files") return true;
    const note = await this.#notes.file(`${context.into.id}/${name}`);
    if (note?.key === context.idempotencyKey) return true;
    // A note under another spelling is that of another item, whose name the file system takes for this one.
    return (note === undefined || note.file === name) && this.#isSame(item, context, name);
  }

  async #isSame(item: Item, { into }: PutContext, name: string): Promise<boolean> {
    const file = `${into.id}/${name}`;
    const info = await this.tree.info(file);
    if (info?.folder !== false || info.size !== item.body?.size || !(await this.tree.isSpelled(file))) return false;
    return (await this.tree.hash(file)) === item.body.sha256;
  }

  async #write(item: Item, file: string, withBytes: boolean, context: PutContext): Promise<void> {
    const { signal } = context;
    if (item.key.workload === "mail") await writeState(this.tree, file, mailItem(item).record);
    if (item.key.workload !== "files") {
      if (withBytes) await this.tree.write(file, context.open(bodyOf(item)), { signal });
      return;
    }
    const { record, parts, body } = fileItem(item);
    const name = file.slice(file.lastIndexOf("/") + 1);
    // What stands beside the file is ours to change only if we put it there.
    if (record.permissions !== undefined || (await this.#notes.file(file))?.permissions === true) await writePermissions(this.tree, file, record.permissions);
    // The note stands before the file, so that a file of ours never looks like a stranger's.
    await this.#notes.saveFile(file, noteOf(record, name, context.idempotencyKey));
    await writeVersions(this.tree, file, record, parts, context);
    if (withBytes) await this.tree.write(file, context.open(body), { modifiedAt: record.modifiedAt, signal });
    else if (record.modifiedAt !== undefined) await this.tree.setTime(file, record.modifiedAt);
  }

  /** What belongs to a file goes before it: cut in between, the same call finds the file at its old name and goes on. */
  async #rename(from: string, to: string): Promise<void> {
    if ((await this.tree.info(from))?.folder !== false) return;
    await this.changing();
    if (from.endsWith(".eml")) await this.tree.move(stateFileOf(from), stateFileOf(to));
    const note = await this.#notes.file(from);
    if (note !== undefined) {
      if ((await this.tree.info(to)) === undefined) await removeVersions(this.tree, to, 0);
      await this.tree.move(versionsOf(from), versionsOf(to));
      if (note.permissions === true) await this.tree.move(permissionsFileOf(from), permissionsFileOf(to));
      await this.#notes.moveFile(from, to);
    }
    await this.tree.move(from, to);
  }

  async #differences(item: Item, file: string): Promise<Verdict["fields"]> {
    const info = await this.tree.info(file);
    const body = bodyOf(item);
    const hash = info?.size === body.size ? await this.tree.hash(file) : undefined;
    const fields = [difference("bytes", body.sha256, hash ?? "")];
    if (item.key.workload === "mail") fields.push(difference("state", canonicalJson(stateOf(mailItem(item).record)), (await readState(this.tree, file)) ?? ""));
    if (item.key.workload === "files") {
      const { record } = fileItem(item);
      const note = await this.#notes.file(file);
      if (record.modifiedAt !== undefined) fields.push(difference("modifiedAt", seconds(new Date(record.modifiedAt)), info === undefined ? "" : seconds(info.modified)));
      fields.push(...(await compareVersions(this.tree, file, record)), ...compareNote(record, file.slice(file.lastIndexOf("/") + 1), note));
      if (record.permissions !== undefined || note?.permissions === true) fields.push(...(await comparePermissions(this.tree, file, record.permissions)));
    }
    return fields.filter(({ expected, found }) => expected !== found);
  }
}

function difference(field: string, expected: string, found: string): Verdict["fields"][number] {
  return { field, expected, found };
}

/** Workloads whose items are files of their own; the others are kept as JSON. */
const TYPED = { mail: mailItem, calendar: eventItem, contacts: contactItem, files: fileItem } as const;

/** @throws ExodusError RECORD_MISSING when the item has no body or a record of another kind. */
function bodyOf(item: Item) {
  const { workload } = item.key;
  const typed = workload in TYPED ? TYPED[workload as keyof typeof TYPED] : undefined;
  if (typed === undefined) throw new ExodusError("ROUTE_UNSUPPORTED", { params: { target: "archive", workload } });
  return typed(item).body;
}
