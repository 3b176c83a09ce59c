import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/imap/index.js";
import type { PutContext, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { testEnvironment } from "../environment.js";
import { countMessages, withClient } from "../imap-client.js";
import { titleFor, useServer } from "../servers.js";
import { taken } from "../taken.js";

const server = useServer("cyrus");
const { signal } = new AbortController();
const ACCOUNT = "camille@commune.example";

(server === undefined ? describe.skip : describe)(`mail on ${titleFor("cyrus", server)}`, () => {
  const access = { host: server?.host ?? "", port: server?.imapPort ?? 0 };
  const [blobs, ledger, run] = [new MemoryBlobs(), new MemoryLedger(), randomBytes(4).toString("hex")];
  const placed: PlacedContainer = { workload: "mail", owner: "o", id: run, name: `Essai ${run}`, path: [`Essai ${run}`] };
  let session: TargetSession;

  beforeAll(async () => {
    const created = await adapter.create(adapter.options.parse({ ...access, security: "none", password: "env:S" }), testEnvironment("courrier", { "env:S": "secret" }));
    session = await created.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "mail", signal);
  });
  afterAll(() => session.close());
  const contextFor = async (item: Item): Promise<PutContext> => contextOf({ blobs, ledger, signal }, item, placed, await session.prepare(placed, undefined, signal));
  const message = (id: string, subject: string): Item => sampleItem("mail", id, { v: 1, type: "mail", isRead: true, isDraft: false, hasAttachments: false, flag: "none", importance: "normal", categories: [], receivedAt: "2023-03-26T01:30:15Z" },
    blobs.add(`Message-ID: <${id}.${run}@x>\r\nSubject: ${subject}\r\n\r\nÉlus réunis\r\n`, ".eml"), id);

  it("a header with letters of 8 bits, of which the server makes others, is told, found again after a lost answer, and the same when verified", async () => {
    const [plain, accents] = [message("plain", "=?utf-8?q?r=C3=A9union?="), message("accents", "Réunion d’élus")];
    const first = taken(await session.put(plain, await contextFor(plain)));
    const second = taken(await session.put(accents, await contextFor(accents)));
    expect([first, second].map(({ losses }) => losses.map(({ reason }) => reason))).toEqual([[], ["mail.rewritten"]]);
    const standing = await withClient({ ...access, user: ACCOUNT, pass: "secret" }, async (client) => {
      await client.mailboxOpen(placed.name);
      const told = await client.fetchOne(second.ref.id.split(".")[1] ?? "", { source: true }, { uid: true });
      return told === false ? "" : told.source?.toString("latin1") ?? "";
    });
    expect(standing).toContain("Subject: RXXunion dXXXXXlus\r\n");
    // So it is when only the flags are brought up to date.
    const known = (await session.find(accents, await contextFor(accents))) ?? { id: "" };
    const restated: Item = { ...accents, record: { ...(accents.record as object), isRead: false } as Item["record"] };
    expect(await session.put(restated, { ...(await contextFor(restated)), known })).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.rewritten" }], ref: { id: second.ref.id } });
    expect(await session.put(accents, { ...(await contextFor(accents)), known })).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.rewritten" }] });
    expect(await session.find(accents, await contextFor(accents))).toMatchObject({ id: second.ref.id });
    for (const [item, { ref }] of [[plain, first], [accents, second]] as const) expect(await session.verify(item, ref, await contextFor(item))).toEqual({ state: "same", fields: [] });
    expect(await countMessages({ ...access, user: ACCOUNT, pass: "secret" }, placed.name)).toBe(2);
  });
});
