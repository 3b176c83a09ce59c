import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/imap/index.js";
import type { ContainerChanges, PutContext, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { testEnvironment } from "../environment.js";
import { withClient } from "../imap-client.js";
import { titleFor, useServer, type ServerName } from "../servers.js";
import { taken } from "../taken.js";

const { signal } = new AbortController();

/** What changed in a mailbox since it was verified, by CONDSTORE. */
for (const [name, account] of [["dovecot", `changes-${randomBytes(4).toString("hex")}@commune.example`], ["cyrus", "denis@commune.example"]] as const satisfies readonly (readonly [ServerName, string])[]) {
  const server = useServer(name);
  (server === undefined ? describe.skip : describe)(`changes of a mailbox on ${titleFor(name, server)}`, () => {
    const access = { host: server?.host ?? "", port: server?.imapPort ?? server?.port ?? 0 };
    const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
    let session: TargetSession;
    let [run, placed, refs]: [string, PlacedContainer | undefined, readonly string[]] = ["", undefined, []];

    const opened = async (): Promise<TargetSession> => {
      const created = await adapter.create(adapter.options.parse({ ...access, security: "none", password: "env:S" }), testEnvironment("courrier", { "env:S": "secret" }));
      return created.connect({ owner: sampleOwner(account), name: account }, "mail", signal);
    };
    beforeAll(async () => { session = await opened(); });
    afterAll(() => session.close());

    const message = (id: string): Item => sampleItem("mail", `${run}-${id}`, { v: 1, type: "mail", isRead: true, isDraft: false, hasAttachments: false, flag: "none", importance: "normal", categories: [], receivedAt: "2023-03-26T01:30:15Z" },
      blobs.add(`Message-ID: <${id}.${run}@x>\r\nSubject: ${id}\r\n\r\ntexte ${run}\r\n`, ".eml"), id);
    const place = async (): Promise<PlacedContainer> => {
      run = randomBytes(4).toString("hex");
      placed = { workload: "mail", owner: "o", id: run, name: `Essai ${run}`, path: [`Essai ${run}`] };
      refs = [];
      await put("a", "b", "c", "d");
      return placed;
    };
    const contextFor = async (item: Item): Promise<PutContext> => {
      if (placed === undefined) throw new Error("no mailbox");
      return contextOf({ blobs, ledger, signal }, item, placed, await session.prepare(placed, undefined, signal));
    };
    const put = async (...ids: readonly string[]): Promise<void> => {
      for (const id of ids) refs = [...refs, taken(await session.put(message(id), await contextFor(message(id)))).ref.id];
    };
    /** As the next run asks, over connections of its own. */
    const changes = async (since: string | undefined): Promise<ContainerChanges> => {
      const next = await opened();
      try {
        const told = await next.changes?.(placed?.name ?? "", since, signal);
        if (told === undefined) throw new Error("nothing told");
        return told;
      } finally {
        await next.close();
      }
    };
    /** Letters of those that are told changed, in the order of putting. */
    const changed = async (since: string): Promise<string> => {
      const told = (await changes(since)).changed;
      return told === "all" ? told : refs.map((ref, at) => (told.has(ref) ? "abcdefgh"[at] ?? "" : "")).join("");
    };
    const behind = (...steps: readonly (["flag" | "expunge", number] | ["append"])[]): Promise<void> => withClient({ ...access, user: account, pass: "secret" }, async (client) => {
      await client.mailboxOpen(placed?.name ?? "");
      for (const [step, at = 0] of steps) {
        const uid = refs[at]?.split(".")[1] ?? "";
        if (step === "append") await client.append(placed?.name ?? "", "Subject: foreign\r\n\r\nx\r\n");
        else if (step === "flag") await client.messageFlagsAdd(uid, ["\\Flagged"], { uid: true });
        else await client.messageDelete(uid, { uid: true });
      }
    });

    it("tells nothing where nothing changed, then what a person flagged and what was removed, and nothing else", async () => {
      await place();
      const { state } = await changes(undefined);
      expect(await changed(state)).toBe("");
      await behind(["flag", 1]);
      expect(await changed(state)).toBe("b");
      await behind(["expunge", 3]);
      expect(await changed(state)).toBe("bd");
      const later = await changes(state);
      // What was told once is not told again.
      expect(await changed(later.state)).toBe("");
    });

    it("sees what was removed though as many messages came", async () => {
      await place();
      const { state } = await changes(undefined);
      await behind(["expunge", 0], ["append"]);
      expect(await changed(state)).toBe("a");
    });

    it("tells what we put since, and one that came and went in between hides nothing", async () => {
      await place();
      const { state } = await changes(undefined);
      await put("e");
      await behind(["append"], ["expunge", 2], ["expunge", 4]);
      expect(await changed(state)).toBe("ce");
    });

    it("tells all of a mailbox that was made anew under its name, of one that was emptied, and of a state that is none of its own", async () => {
      await place();
      const { state } = await changes(undefined);
      const [, at, validity, modseq, next, messages] = state.split(" ");
      expect(await changed("nonsense")).toBe("all");
      expect(await changed(["imap", "elsewhere:143", validity, modseq, next, messages].join(" "))).toBe("all");
      // Numbers that fell are those of a backup.
      expect(await changed(["imap", at, validity, String(BigInt(modseq ?? "0") + 1000n), next, messages].join(" "))).toBe("all");
      expect(await changed(["imap", at, validity, modseq, Number(next) + 1, messages].join(" "))).toBe("all");
      await behind(["expunge", 0], ["expunge", 1], ["expunge", 2], ["expunge", 3]);
      expect(await changed(state)).toBe("all");
      await withClient({ ...access, user: account, pass: "secret" }, async (client) => {
        await client.mailboxDelete(placed?.name ?? "");
        await client.mailboxCreate(placed?.name ?? "");
        for (let count = 0; count < 4; count += 1) await client.append(placed?.name ?? "", "Subject: foreign\r\n\r\nx\r\n", ["\\Seen"]);
      });
      expect(await changed(state)).toBe("all");
    });
  });
}
