import type { Adapter, Manifest, TargetContainer, TargetSession } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { Item, Loss } from "../../../src/core/item.js";

/** One way of breaking the contract; the suite must notice each. */
export type Fault =
  | "duplicates" | "loses-updates" | "finds-taken" | "finds-nothing" | "verifies-blindly" | "merges-names" | "forgets-rename" | "removes-neighbours"
  | "removes-full-containers" | "repeats-secret" | "check-is-blind" | "truncates" | "throws-plain-errors" | "drops-state"
  | "hides-a-loss" | "hides-a-container-loss" | "foresees-what-does-not-come" | "leaves-out-unforeseen";

export const manifest: Manifest = {
  name: "fake", title: "In memory", docs: "https://example.org/",
  workloads: { mail: { support: "native", via: "rest", evidence: "emulator", cite: "In memory: no document", keepsDates: true, keepsAuthors: true, canFind: true, canReadBack: true, canUpdate: true, canRemove: true, gaps: [] } },
  concurrency: 2, skips: [],
};

const LOSS: Loss = { field: "importance", change: "dropped", side: "target", reason: "mail.low-importance" };

interface Box {
  readonly owner: string;
  readonly items: Map<string, { sha: string; record: string }>;
}

/** The server's state, which outlives sessions. Container ids are numbers, so a rename changes nothing. */
export class FakeServer {
  readonly boxes = new Map<string, Box>();
  #next = 0;

  next(): string {
    this.#next += 1;
    return String(this.#next);
  }
}

export function fakeAdapter(server: FakeServer, secret: string, faults: ReadonlySet<Fault>): Adapter {
  const good = secret === "secret";
  return {
    manifest,
    async *check() {
      const ok = good || faults.has("check-is-blind");
      yield await Promise.resolve({ subject: "fake", ok, code: ok ? "OK" : "TARGET_CREDENTIAL", message: "", advice: ok ? "" : "Correct it." });
    },
    connect: (account) => {
      if (good) return Promise.resolve(session(server, faults));
      if (faults.has("throws-plain-errors")) return Promise.reject(new TypeError("no"));
      return Promise.reject(new ExodusError("TARGET_CREDENTIAL", { params: { target: faults.has("repeats-secret") ? secret : "fake", account: account.name } }));
    },
    foresee: () => Promise.resolve({ losses: faults.has("foresees-what-does-not-come") ? [{ ...LOSS, sure: true }] : [] }),
    foreseePlace: () => [],
    close: () => Promise.resolve(),
  };
}

function session(server: FakeServer, faults: ReadonlySet<Fault>): TargetSession {
  const content = (item: Item): { sha: string; record: string } => ({
    sha: faults.has("truncates") && (item.body?.size ?? 0) > 1_000_000 ? "short" : item.body?.sha256 ?? "", record: faults.has("drops-state") ? "" : JSON.stringify(item.record),
  });
  const box = (into: TargetContainer): Box => {
    const found = server.boxes.get(into.id);
    if (found === undefined) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: "fake", reason: "" } });
    return found;
  };
  return {
    prepare(container, known) {
      const owner = faults.has("merges-names") ? container.name.toLowerCase() : container.id;
      const standing = faults.has("forgets-rename") ? undefined : known;
      const id = standing ?? [...server.boxes].find(([, { owner: other }]) => other === (faults.has("forgets-rename") ? container.name + owner : owner))?.[0];
      if (id !== undefined) return Promise.resolve({ id, created: false, losses: [] });
      const made = server.next();
      server.boxes.set(made, { owner: faults.has("forgets-rename") ? container.name + owner : owner, items: new Map() });
      return Promise.resolve({ id: made, created: true, losses: faults.has("hides-a-container-loss") ? [{ ...LOSS, field: "name", reason: "mail.folder-name" }] : [] });
    },
    async put(item, { known, into, signal }) {
      signal.throwIfAborted();
      if (faults.has("leaves-out-unforeseen") && (item.record as { readonly isDraft?: boolean }).isDraft === true) return { outcome: "skipped", code: "MALWARE" };
      const { items } = await Promise.resolve(box(into));
      const standing = known === undefined || faults.has("duplicates") ? undefined : items.get(known.id);
      if (known === undefined || standing === undefined) {
        const id = server.next();
        items.set(id, content(item));
        return { outcome: "created", ref: { id: faults.has("duplicates") && known !== undefined ? known.id : id }, losses: faults.has("hides-a-loss") ? [LOSS] : [] };
      }
      const wanted = content(item);
      if (standing.sha === wanted.sha && standing.record === wanted.record) return { outcome: "unchanged", ref: known, losses: [] };
      if (!faults.has("loses-updates")) items.set(known.id, wanted);
      return { outcome: "updated", ref: known, losses: [] };
    },
    async find(item, { into, isTaken }) {
      if (faults.has("finds-nothing")) return undefined;
      for (const [id, { sha }] of box(into).items) {
        if (sha === item.body?.sha256 && (faults.has("finds-taken") || !(await isTaken({ id })))) return { id };
      }
      return undefined;
    },
    remove(ref, into) {
      const { items } = box(into);
      if (faults.has("removes-neighbours")) items.clear();
      items.delete(ref.id);
      return Promise.resolve();
    },
    removeContainer(id) {
      if ((server.boxes.get(id)?.items.size ?? 0) > 0 && !faults.has("removes-full-containers")) return Promise.resolve(false);
      server.boxes.delete(id);
      return Promise.resolve(true);
    },
    verify(item, ref, { into }) {
      if (faults.has("verifies-blindly")) return Promise.resolve({ state: "same", fields: [] });
      const found = box(into).items.get(ref.id);
      if (found === undefined) return Promise.resolve({ state: "missing", fields: [] });
      const same = found.sha === item.body?.sha256 && found.record === JSON.stringify(item.record);
      return Promise.resolve({ state: same ? "same" : "different", fields: same ? [] : [{ field: "body", expected: "", found: "" }] });
    },
    close: () => Promise.resolve(),
  };
}
