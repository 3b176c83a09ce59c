import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/caldav/index.js";
import type { PutContext, TargetRef } from "../../../src/core/adapter.js";
import type { Item } from "../../../src/core/item.js";
import { below } from "../../../src/drivers/dav/paths.js";
import { remove } from "../../../src/drivers/dav/verbs.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { NO_ABORT, SECRET, withDav } from "../../dav-client.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer, type RunningServer, type ServerName } from "../../servers.js";
import { taken } from "../../taken.js";

const ACCOUNT = "gaston@commune.example";
const COUNT = 8;

for (const name of ["radicale", "sabre", "cyrus"] as const satisfies readonly ServerName[]) {
  const running = useServer(name);
  (running === undefined ? describe.skip : describe)(`reading again on ${titleFor(name, running)}`, () => {
    it("takes a request for what is asked at once, and names what is gone or changed", async () => {
      const server = running as RunningServer;
      const options = adapter.options.parse({ url: `http://${server.host}:${server.port}/`, password: "env:P" });
      let asked = 0;
      const governor = { acquire: () => { asked += 1; return Promise.resolve({ release: () => undefined }); }, snapshot: () => ({}) };
      const session = await (await adapter.create(options, { ...testEnvironment("dav", { "env:P": SECRET }), governor })).connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "calendar", NO_ABORT);
      const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
      const id = randomBytes(6).toString("hex");
      const placed = { workload: "calendar", owner: "o", id, name: id, path: [id] } as const;
      const into = await session.prepare(placed, undefined, NO_ABORT);
      const sent: { item: Item; ref: TargetRef; context: PutContext }[] = [];
      for (let number = 0; number < COUNT; number += 1) {
        const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//FR", "BEGIN:VEVENT", `UID:${id}-${number}`, "DTSTAMP:20240101T000000Z", "DTSTART:20370325T080000Z", "DTEND:20370325T090000Z", `SUMMARY:É <${number}> & ]]>`, "END:VEVENT", "END:VCALENDAR", ""];
        const item = sampleItem("calendar", `${number}`, { v: 1, type: "event", uid: `${id}-${number}`, summary: "x", recurring: false, cancelled: false, organized: true }, blobs.add(lines.join("\r\n"), ".ics"), `${id}-${number}`);
        const context = contextOf({ blobs, ledger, signal: NO_ABORT }, item, placed, into);
        const { ref } = taken(await session.put(item, context));
        sent.push({ item, ref, context: { ...context, known: ref } });
      }
      const states = async (): Promise<string[]> => (await Promise.all(sent.map(async ({ item, ref, context }) => session.verify(item, ref, context)))).map(({ state }) => state);
      const before = asked;
      expect(await states()).toEqual(Array.from({ length: COUNT }, () => "same"));
      expect(asked - before).toBe(1);
      await withDav(server, ACCOUNT, (client) => remove(client, below(into.id, sent[3]?.ref.id ?? ""), NO_ABORT));
      expect((await states()).map((state, number) => (state === "same" ? "" : `${number} ${state}`)).filter((line) => line !== "")).toEqual(["3 missing"]);
      await session.close();
    });
  });
}
