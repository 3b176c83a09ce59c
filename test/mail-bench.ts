import type { PutContext, TargetContainer, TargetRef, TargetSession } from "../src/core/adapter.js";
import { asExodusError } from "../src/core/errors.js";
import type { Item, PlacedContainer } from "../src/core/item.js";
import type { MailRecord } from "../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../src/kit/conformance/harness.js";
import { sampleItem } from "../src/kit/conformance/sample-item.js";
import { taken, type Taken } from "./taken.js";

const { signal } = new AbortController();
const PLACED: PlacedContainer = { workload: "mail", owner: "zoe", id: "f", name: "Projets", path: ["Projets"] };
const RECORD: MailRecord = { v: 1, type: "mail", isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, receivedAt: "2024-03-31T01:30:15Z" };

/** Messages for a session of one mailbox, and the engine's gestures with them. */
export class MailBench {
  readonly #blobs = new MemoryBlobs();
  readonly #ledger = new MemoryLedger();
  readonly #into: TargetContainer;

  /** `text`: of a message that is told nothing else. */
  constructor(readonly session: TargetSession, mailbox: string, private readonly text: string) {
    this.#into = { id: mailbox, created: false, losses: [] };
  }

  message(record: Partial<MailRecord> = {}, id?: string, text = this.text): Item {
    return sampleItem("mail", "Compte rendu", { ...RECORD, ...record }, this.#blobs.add(text, ".eml"), id);
  }

  context(item: Item, known?: TargetRef): PutContext {
    return contextOf({ blobs: this.#blobs, ledger: this.#ledger, signal }, item, PLACED, this.#into, known);
  }

  async put(item: Item, known?: TargetRef): Promise<Taken> {
    return taken(await this.session.put(item, this.context(item, known)));
  }

  /** Tries again what broke in passing, as the engine does, and settles. */
  async settle(item: Item): Promise<string> {
    for (;;) {
      const result = await this.put(item).catch((thrown: unknown) => {
        if (asExodusError(thrown).errorClass !== "retryable") throw thrown;
        return undefined;
      });
      if (result === undefined) continue;
      this.#ledger.settle(this.#into, result.ref, item);
      return result.ref.id;
    }
  }
}
