import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { eventKind } from "../../../adapters/caldav/kind.js";
import { cardKind } from "../../../adapters/carddav/kind.js";
import type { PutResult } from "../../../src/core/adapter.js";
import { DavClient } from "../../../src/drivers/dav/client.js";
import { ResourceSession } from "../../../src/drivers/dav/resource-session.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { testAccess } from "../../environment.js";

const SIGNAL = new AbortController().signal;
let server: Server | undefined;
let sent: { readonly text: string; readonly silent: unknown }[] = [];

/** Takes an object whose UID is not "pris", and refuses one with it in these words. */
async function serve(words: string): Promise<URL> {
  sent = [];
  const listening = createServer((request, response) => {
    let text = "";
    request.on("data", (piece: Buffer) => { text += piece.toString(); }).on("end", () => {
      if (request.method !== "PUT") return void response.writeHead(404).end();
      sent.push({ text, silent: request.headers["x-nc-scheduling"] });
      if (!text.includes("UID:pris\r\n")) return void response.writeHead(201, { etag: '"1"' }).end();
      const error = `<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\\DAV\\Exception\\BadRequest</s:exception><s:message>${words}</s:message></d:error>`;
      response.writeHead(400, { "content-type": "application/xml; charset=utf-8" }).end(error);
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}/`);
}

afterEach(() => new Promise<void>((resolve) => {
  server?.closeAllConnections();
  server?.close(() => resolve());
}));

const KINDS = {
  calendar: { kind: eventKind("request"), extension: ".ics", record: { v: 1, type: "event", uid: "pris", summary: "x", recurring: false, cancelled: false, organized: true }, lines: ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:pris", "DTSTART:20370325T080000Z", "END:VEVENT", "END:VCALENDAR", ""] },
  contacts: { kind: cardKind("4.0"), extension: ".vcf", record: { v: 1, type: "contact", name: "x" }, lines: ["BEGIN:VCARD", "VERSION:4.0", "UID:pris", "FN:x", "END:VCARD", ""] },
} as const;

async function put(workload: keyof typeof KINDS, words: string): Promise<PutResult> {
  const { kind, extension, record, lines } = KINDS[workload];
  const blobs = new MemoryBlobs();
  const item = sampleItem(workload, "x", record, blobs.add(lines.join("\r\n"), extension));
  const placed = { workload, owner: "o", id: "c", name: "c", path: ["c"] };
  const session = new ResourceSession(new DavClient({ ...testAccess("nuage", "zoe"), base: await serve(words), user: "zoe", password: "x" }), "/zoe/", kind);
  try {
    return await session.put(item, contextOf({ blobs, ledger: new MemoryLedger(), signal: SIGNAL }, item, placed, { id: "/zoe/c", created: false, losses: [] }));
  } finally {
    await session.close();
  }
}

describe("a UID that Nextcloud says is taken", () => {
  it.each([
    ["calendar", "Calendar object with uid already exists in this calendar collection.", "calendar.uid-changed"],
    ["calendar", "Deleted calendar object with uid already exists in this calendar collection.", "calendar.uid-changed"],
    ["contacts", "VCard object with uid already exists in this addressbook collection.", "contact.uid-changed"],
  ] as const)("is replaced by our own, by name: %s, %s", async (workload, words, reason) => {
    expect(await put(workload, words)).toMatchObject({ outcome: "created", losses: expect.arrayContaining([expect.objectContaining({ reason })]) as unknown });
    expect(sent.map(({ text }) => /UID:o365-exodus-/.test(text))).toEqual([false, true]);
  });

  it("is not what any other refusal of the kind says", async () => {
    const error = await thrownBy(() => put("calendar", "Validation error in iCalendar: no DTSTART"));
    expect([error.code, sent.length]).toEqual(["TARGET_REFUSED_ITEM", 2]);
  });

  it("no invitation leaves with either request", async () => {
    await put("calendar", "Calendar object with uid already exists in this calendar collection.");
    expect(sent.map(({ silent }) => silent)).toEqual(["false", "false"]);
  });
});
