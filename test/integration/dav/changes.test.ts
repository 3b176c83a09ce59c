import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { adapter as caldav } from "../../../adapters/caldav/index.js";
import { adapter as carddav } from "../../../adapters/carddav/index.js";
import type { ContainerChanges, TargetSession } from "../../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import { below } from "../../../src/drivers/dav/paths.js";
import { put, remove } from "../../../src/drivers/dav/verbs.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { samplesOf } from "../../../src/kit/conformance/samples.js";
import { NO_ABORT, withDav } from "../../dav-client.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer, type ServerName } from "../../servers.js";
import { taken } from "../../taken.js";

const ACCOUNT = "elodie@commune.example";

/** What changed in a calendar and in an address book since it was verified, by `sync-collection`. */
for (const name of ["radicale", "cyrus", "sabre"] as const satisfies readonly ServerName[]) {
  const server = useServer(name);
  for (const workload of ["calendar", "contacts"] as const) {
    (server === undefined ? describe.skip : describe)(`changes of ${workload} on ${titleFor(name, server)}`, () => {
      const [blobs, ledger, run] = [new MemoryBlobs(), new MemoryLedger(), randomBytes(4).toString("hex")];
      const samples = samplesOf(workload, blobs);
      const placed: PlacedContainer = { workload, owner: "o", id: run, name: `Essai ${run}`, path: [`Essai ${run}`] };
      const { adapter, extension, type } = workload === "calendar" ? { adapter: caldav, extension: ".ics", type: "text/calendar" } : { adapter: carddav, extension: ".vcf", type: "text/vcard" };
      const using = async <T>(work: (session: TargetSession) => Promise<T>): Promise<T> => {
        const created = await adapter.create(adapter.options.parse({ url: `http://${server?.host ?? ""}:${server?.port ?? 0}/`, password: "env:S" }) as never, testEnvironment("dav", { "env:S": "secret" }));
        const session = await created.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, workload, NO_ABORT);
        return work(session).finally(() => session.close());
      };
      /** As the next run asks. */
      const changes = (container: string, since: string | undefined): Promise<ContainerChanges | undefined> => using(async (session) => session.changes?.(container, since, NO_ABORT));

      it(name === "sabre" ? "tells that it cannot tell, by a request" : "tells nothing where nothing changed, then what was altered, removed and put, and all of a token that it does not know", async () => {
        const refs: string[] = [];
        const container = await using(async (session) => {
          const into = await session.prepare(placed, undefined, NO_ABORT);
          for (let at = 0; at < 4; at += 1) {
            const item: Item = samples.plain(at);
            refs.push(taken(await session.put(item, contextOf({ blobs, ledger, signal: NO_ABORT }, item, placed, into))).ref.id);
          }
          return into.id;
        });
        const first = await changes(container, undefined);
        if (name === "sabre") {
          expect(first).toBeUndefined();
          return;
        }
        const state = first?.state ?? "";
        const changed = async (since: string): Promise<readonly number[] | "all"> => {
          const told = (await changes(container, since))?.changed ?? "all";
          return told === "all" ? told : refs.flatMap((ref, at) => (told.has(ref) ? [at] : []));
        };
        expect([first?.changed, await changed(state)]).toEqual(["all", []]);
        await withDav(server as never, ACCOUNT, async (client) => {
          const path = below(container, refs[1] ?? "");
          const text = await client.request("GET", path, { signal: NO_ABORT }, (answer) => answer.text());
          await put(client, path, text.replace(/^(SUMMARY|FN)(.*?)$/m, "$1$2 changed"), { headers: { "content-type": `${type}; charset=utf-8` }, signal: NO_ABORT });
          await remove(client, below(container, refs[3] ?? ""), NO_ABORT);
          await put(client, below(container, `foreign ${run}${extension}`), text.replace(/^UID:.*$/m, `UID:foreign-${run}`), { headers: { "content-type": `${type}; charset=utf-8` }, signal: NO_ABORT });
        });
        expect(await changed(state)).toEqual([1, 3]);
        const told = (await changes(container, state))?.changed;
        expect(told !== "all" && told?.has(`foreign ${run}${extension}`)).toBe(true);
        expect(await changed((await changes(container, state))?.state ?? "")).toEqual([]);
        // A token that the server never gave, or that it forgot (Cyrus: of another UIDVALIDITY); another server's; nothing that we wrote.
        const [, origin = "", token = ""] = state.split(" ");
        const other = token.replace(/([/,])(.)([^/,]*)$/, (_all, before: string, first: string, rest: string) => `${before}${first === "1" ? "2" : "1"}${rest}`);
        expect(other).not.toBe(token);
        expect(await changed(`dav ${origin} ${other}`)).toBe("all");
        expect(await changed(`dav http://elsewhere.example ${token}`)).toBe("all");
        expect(await changed("nonsense")).toBe("all");
        expect((await changes(container, "nonsense"))?.state).toBe((await changes(container, state))?.state);
      });
    });
  }
}
