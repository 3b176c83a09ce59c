import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Change } from "../../../src/core/item.js";
import type { StateStore, Unit } from "../../../src/core/state.js";
import type { Cursor } from "../../../src/core/source.js";
import type { JournalLine, VaultPort } from "../../../src/core/vault.js";
import { heirsOf, passOn } from "../../../src/engine/heirs.js";
import { openStateStore } from "../../../src/state/store.js";
import { createVault, openVault } from "../../../src/vault/vault.js";
import { collect, pieces } from "../vault/memory-index.js";

const owner = (id: string): Owner => ({ id, name: `${id}@mairie.example`, kind: "user", displayName: id });
const [ZOE, LUC, ANA] = [owner("zoe"), owner("luc"), owner("ana")];
const CHAT = "19:chat";
const at = "2026-11-24T09:00:00Z";
const never = new AbortController().signal;

describe("a chat whose holder is erased", () => {
  let dir = "";
  let state: StateStore;
  let vault: VaultPort;

  const item = async (id: string, text: string | undefined, record: unknown): Promise<Item> => {
    const part = await vault.owner(ZOE);
    const body = text === undefined ? undefined : await part.write(pieces(Buffer.from(text)), ".html");
    await part.close();
    return { kind: "item", key: { workload: "chats", owner: ZOE.id, id }, container: CHAT, version: "1", title: id, record, ...(body === undefined ? {} : { body }), parts: [], digest: "0".repeat(64) as Sha256, losses: [] };
  };
  const commit = async (changes: readonly Change[], lines: readonly JournalLine[]): Promise<void> => {
    const part = await vault.owner(ZOE);
    const flushed = await part.commit("chats", lines);
    await part.close();
    let next = 0;
    await state.commitPull({
      workload: "chats", owner: ZOE.id, feed: CHAT, done: true, next: "later" as Cursor, flushed,
      changes: changes.map((change) => (change.kind === "item" ? { change, place: flushed.places[next++] as never } : { change })),
    });
  };
  const card = (members: readonly { readonly id: string; readonly guest?: boolean }[]) => item("card", undefined, {
    v: 1, type: "conversation", form: "group", name: "Projet", archived: false, tabs: [], members: members.map(({ id, guest = false }) => ({ id, kind: "user", owner: false, guest })),
  });

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-heirs-"));
    await createVault(dir);
    vault = await openVault(dir, { index: async () => (state = await openStateStore(path.join(dir, "state.sqlite"))) });
    for (const one of [ZOE, LUC, ANA]) await state.saveOwner(one);
    await state.openFeed({ workload: "chats", owner: ZOE.id }, CHAT, { workload: "chats", owner: ZOE.id, id: CHAT, name: "Projet" }, "r");
  });
  afterEach(async () => {
    await vault.close();
    await rm(dir, { recursive: true, force: true });
  });

  it.each([
    ["the first member whose chats were read", [{ id: "unknown" }, { id: "zoe" }, { id: "luc" }, { id: "ana" }], true, "ana"],
    ["the first member that the vault knows, when nobody's were", [{ id: "zoe" }, { id: "luc" }, { id: "ana" }], false, "luc"],
    ["no guest", [{ id: "luc", guest: true }, { id: "zoe" }], false, undefined],
    ["nobody, when all others are elsewhere", [{ id: "zoe" }, { id: "stranger" }], false, undefined],
  ] as const)("goes to %s", async (_, members, read, expected) => {
    const one = await card(members);
    await commit([one], [{ v: 1, at, ...one }]);
    if (read) await state.savePulled({ workload: "chats", owner: ANA.id }, true);
    expect((await heirsOf({ state, vault }, ZOE)).map(({ heir }) => heir.id)).toEqual(expected === undefined ? [] : [expected]);
  });

  it("keeps every message, what was deleted, what the target has, and asks again for what the vault has lost", async () => {
    const all = [await card([{ id: "zoe" }, { id: "luc" }]), await item("kept", "<p>kept</p>", {}), await item("gone", "<p>gone</p>", {}), await item("lost", "<p>lost</p>", {})];
    await commit([...all, { kind: "unreadable", id: "unread", container: CHAT, title: "x", code: "GRAPH_FAULT", message: "m" }], all.map((one) => ({ v: 1, at, ...one })));
    await commit([{ kind: "tombstone", id: "gone" }], [{ v: 1, at, kind: "tombstone", id: "gone" }]);
    const [from, to]: [Unit, Unit] = [{ workload: "chats", owner: ZOE.id, target: "t" }, { workload: "chats", owner: LUC.id, target: "t" }];
    const [row] = (await state.pending(from, { after: { seq: 0, written: "" }, limit: 9, run: "r", gone: false, keptToo: false, oldestFirst: false })).filter(({ id }) => id === "kept");
    if (row === undefined) throw new Error("kept");
    await state.markSending(from, [row]);
    await state.settle(from, "kept", { state: "done", seq: row.seq, outcome: "created", ref: "there", container: CHAT, countAttempt: true }, "p", "r");
    // The lost one's bytes change on the disk.
    const segment = path.join(dir, (await state.find(ZOE.id, all[3]?.body?.sha256 ?? ""))?.file ?? "");
    await writeFile(segment, (await readFile(segment)).toString("latin1").replace("<p>lost</p>", "<p>LOST</p>"), "latin1");

    const [heritage] = await heirsOf({ state, vault }, ZOE);
    if (heritage === undefined) throw new Error("nobody");
    expect(await passOn({ state, vault }, ZOE, heritage, never)).toBe(3);

    expect([await state.rowsOfFeed("chats", ZOE.id, CHAT, 9), await state.feedsOf("chats", ZOE.id)]).toEqual([[], []]);
    const part = await vault.owner(LUC);
    const stored = await state.stored({ workload: "chats", owner: LUC.id }, { after: "", limit: 9 });
    expect(stored.map(({ key }) => key.id)).toEqual(["card", "kept"]);
    const line = await part.read(stored[1]?.place as never);
    expect(line).toMatchObject({ kind: "item", key: { owner: LUC.id, id: "kept" } });
    expect(String(await collect(part.open((line as Item).body as never)))).toBe("<p>kept</p>");
    await part.close();
    expect((await state.settled(to, "", 9)).map(({ id, ledger }) => [id, ledger?.ref])).toEqual([["kept", "there"]]);
    expect((await state.unreadable({ workload: "chats", owner: LUC.id }, "", 9)).map(({ id }) => id)).toEqual(["lost", "unread"]);
    expect(await state.openFeed({ workload: "chats", owner: LUC.id }, CHAT, { workload: "chats", owner: LUC.id, id: CHAT, name: "Projet" }, "r2")).toEqual({ containerChanged: false, cursor: "later", listing: false });
    const folder = (await state.find(LUC.id, all[1]?.body?.sha256 ?? ""))?.file.split("/segments/")[0] ?? "";
    const kinds = (await readFile(path.join(dir, folder, "records/chats-000001.jsonl"), "utf8")).trim().split("\n").map((text) => JSON.parse(text) as JournalLine);
    expect(kinds.map((one) => [one.kind, one.kind === "item" ? one.key.id : one.kind === "tombstone" ? one.id : ""])).toEqual([["container", ""], ["item", "card"], ["item", "kept"], ["item", "gone"], ["tombstone", "gone"]]);
  });
});
