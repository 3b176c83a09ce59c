import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jmap/index.js";
import type { ContainerChanges, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { retrying } from "../../src/lib/retry.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { PlainJmap } from "../jmap-client.js";
import { titleFor, useServer, type ServerName } from "../servers.js";
import { taken } from "../taken.js";

const { signal } = new AbortController();

/** What changed in an account since it was verified, by Email/changes. */
for (const name of ["james", "cyrus"] as const satisfies readonly ServerName[]) {
  const server = useServer(name);
  (server === undefined ? describe.skip : describe)(`changes of mail by JMAP on ${titleFor(name, server)}`, () => {
    const url = `http://${server?.host ?? ""}:${server?.port ?? 0}`;
    const [run, blobs, ledger] = [randomBytes(4).toString("hex"), new MemoryBlobs(), new MemoryLedger()];
    const account = name === "james" ? `changes-${run}@commune.example` : "zoe@commune.example";
    const james = new James(server ?? { host: "", port: 0, root: "" });
    const cyrus = new PlainJmap(`${url}/jmap/`, account, "secret");
    const call = (method: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => (name === "james" ? james.call(account, method, args) : cyrus.call(method, args));
    const opened: TargetSession[] = [];
    afterAll(async () => { for (const session of opened) await session.close(); });

    const open = async (): Promise<TargetSession> => {
      const created = await adapter.create(adapter.options.parse({ url, password: "env:S", prefix: [`Essai ${run}`] }), testEnvironment("courrier", { "env:S": "secret" }));
      const session = await created.connect({ owner: sampleOwner(account), name: account }, "mail", signal);
      opened.push(session);
      return session;
    };
    const message = (id: string): Item => sampleItem("mail", id, { v: 1, type: "mail", isRead: true, isDraft: false, hasAttachments: false, flag: "none", importance: "normal", categories: [], receivedAt: "2023-03-26T01:30:15Z" },
      blobs.add(`Message-ID: <${id}.${run}@x>\r\nSubject: ${id}\r\nFrom: a@ailleurs.example\r\n\r\ntexte ${id} ${run}\r\n`, ".eml"), id);

    it("tells nothing where nothing changed, then what a person changed, moved and removed, and all of a state that it does not know", async () => {
      if (name === "james") await james.addAccount(account);
      const session = await open();
      const placed: PlacedContainer = { workload: "mail", owner: "o", id: run, name: "Messages", path: ["Messages"] };
      const into = await session.prepare(placed, undefined, signal);
      const refs: string[] = [];
      for (const id of ["a", "b", "c", "d", "e"]) refs.push(taken(await retrying(() => session.put(message(id), contextOf({ blobs, ledger, signal }, message(id), placed, into)), { attempts: 5, signal })).ref.id);
      const elsewhere = await session.prepare({ ...placed, id: "other", name: "Autre", path: ["Autre"] }, undefined, signal);

      /** As the next run asks. */
      const changes = async (since: string | undefined): Promise<ContainerChanges> => {
        const told = await (await open()).changes?.(into.id, since, signal);
        if (told === undefined) throw new Error("nothing told");
        return told;
      };
      const changed = async (since: string): Promise<string> => {
        const told = (await changes(since)).changed;
        return told === "all" ? told : refs.map((ref, at) => (told.has(ref) ? "abcde"[at] ?? "" : "")).join("");
      };
      const first = await changes(undefined);
      expect([first.changed, await changed(first.state)]).toEqual(["all", ""]);
      const [, b = "", c = "", d = ""] = refs;
      await call("Email/set", { update: { [b]: { "keywords/$flagged": true } }, destroy: [d] });
      await call("Email/set", { update: { [c]: { mailboxIds: { [elsewhere.id]: true } } } });
      expect(await changed(first.state)).toBe("bcd");
      const next = await open();
      const [one, two] = [await next.changes?.(into.id, first.state, signal), await next.changes?.(elsewhere.id, first.state, signal)];
      expect(two).toBe(one);
      expect(await changed(one?.state ?? "")).toBe("");
      expect(await changed("nonsense")).toBe("all");
      expect(await changed(first.state.replace(url, "http://elsewhere.example"))).toBe("all");
      expect(await changed(`${first.state.split(" ").slice(0, -1).join(" ")} ${name === "james" ? "00000000-0000-1000-8000-000000000000" : "999999999"}`)).toBe("all");
    });
  });
}
