import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/imap/index.js";
import type { PutResult } from "../../src/core/adapter.js";
import type { PlacedContainer } from "../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { mailSamples } from "../../src/kit/conformance/sample-mail.js";
import { collected } from "../../src/lib/collected.js";
import { testEnvironment } from "../environment.js";
import { freePort } from "../free-port.js";
import { withClient } from "../imap-client.js";
import { serverVerb, titleFor, useServer } from "../servers.js";

const signal = new AbortController().signal;
const blobs = new MemoryBlobs();
const samples = mailSamples(blobs);
const RUN = randomBytes(4).toString("hex");
const OWN = {
  EXODUS_SERVERS_DIR: path.join(tmpdir(), `exodus-rights-${RUN}`), EXODUS_DOVECOT_ACL: "yes", EXODUS_DOVECOT_PORT: String(await freePort()),
  EXODUS_DOVECOT_TLS_PORT: String(await freePort()), EXODUS_DOVECOT_SIEVE_PORT: String(await freePort()), EXODUS_DOVECOT_LMTP_PORT: String(await freePort()),
};
const [dovecot, plain, cyrus] = [useServer("dovecot", OWN), useServer("dovecot"), useServer("cyrus")];
const FOLDER = `Marchés & délibérations ${RUN}`;
const folder = (...names: string[]): PlacedContainer => ({ workload: "mail", owner: "o", id: names.join("\n"), name: names.at(-1) ?? "", path: names, ...(names.length > 1 ? { parentId: names.slice(0, -1).join("\n") } : {}) });

const FOLDERS = [folder(FOLDER), folder(FOLDER, "2026"), folder(`Autre ${RUN}`)];

/** What clients say to the server, between the two. */
async function overheard(host: string, port: number): Promise<{ port: number; said: () => string; close: () => void }> {
  let said = "";
  const server = net.createServer((client) => {
    const onward = net.connect({ host, port });
    client.on("data", (bytes: Buffer) => { said += bytes.toString("latin1"); });
    client.pipe(onward);
    // What is compressed cannot be overheard.
    onward.on("data", (bytes: Buffer) => client.write(Buffer.from(bytes.toString("latin1").replace("COMPRESS=DEFLATE", "XOMPRESS=DEFLATE"), "latin1")));
    onward.on("end", () => client.end());
    for (const socket of [client, onward]) socket.on("error", () => { client.destroy(); onward.destroy(); });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return { port: (server.address() as AddressInfo).port, said: () => said, close: () => server.close() };
}

const dir = await mkdtemp(path.join(tmpdir(), "exodus-rights-"));
const environment = { ...testEnvironment("mairie", { "env:P": "secret" }), baseDir: dir };
afterAll(async () => {
  await rm(dir, { recursive: true });
  if (dovecot !== undefined) serverVerb("dovecot", "reset", OWN);
});
const created = async (place: { host: string; port: number }, file: string, more: object = {}) => adapter.create(adapter.options.parse({ ...place, security: "none", password: "env:P", rights: `file:${file}`, ...more }), environment);

/** One run: folders and a message in each; what was put, and whom the server was asked to give rights to. */
async function run(place: { host: string; port: number }, account: string, file: string, folders: readonly PlacedContainer[]): Promise<{ results: PutResult[]; given: string[] }> {
  const heard = await overheard(place.host, place.port);
  const made = await created({ host: "127.0.0.1", port: heard.port }, file);
  const session = await made.connect({ owner: sampleOwner(account), name: account }, "mail", signal);
  const results: PutResult[] = [];
  for (const placed of folders) {
    const item = samples.plain(results.length);
    results.push(await session.put(item, contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, placed, await session.prepare(placed, undefined, signal))));
  }
  await session.close();
  heard.close();
  return { results, given: [...heard.said().matchAll(/SETACL .* "?(\S+?)"? "?(\+\S+?)"?\r\n/g)].map(([, person, letters]) => `${person} ${letters}`) };
}
const lossesOf = (results: readonly PutResult[]): (readonly string[])[] => results.map((result) => (result.outcome === "skipped" ? [] : result.losses.map(({ field, reason }) => `${field}: ${reason}`)));

for (const [title, server, port, at] of [
  [titleFor("dovecot", dovecot), dovecot, dovecot?.port, (name: string) => `${name}-${RUN}@commune.example`], [titleFor("cyrus", cyrus), cyrus, cyrus?.imapPort, (name: string) => `${name}@commune.example`],
] as const) {
  (server === undefined ? describe.skip : describe)(`rights to a shared mailbox at ${title}`, () => {
    const place = { host: server?.host ?? "", port: port ?? 0 };
    const [shared, reader, editor, stranger] = [at("elodie"), at("marie"), at("paul"), at("fatou")];
    const file = `droits-${title.slice(0, 4)}.csv`;
    /** What somebody else sees of the shared folders, with a client of their own. */
    const seen = (user: string, write = false): Promise<string> => withClient({ ...place, user, pass: "secret" }, async (client) => {
      const there = (await client.list()).find(({ path: name, name: last }) => last === FOLDER && name !== FOLDER);
      if (there === undefined) return "nothing";
      const { exists } = await client.mailboxOpen(there.path);
      const message = await client.fetchOne("1", { source: true });
      if (write) await client.messageFlagsAdd("1", ["\\Flagged"]);
      return `${exists} ${message !== false && (message.source?.length ?? 0) > 0 ? "read" : "unread"}`;
    });

    beforeAll(() => writeFile(path.join(dir, file), `\ufeffboîte;personne;droit\r\n${shared.toUpperCase()};${reader};read\r\n${shared};${editor};full\r\nautre@commune.example;${stranger};full\r\n`));

    it("are given for each folder: who is in the file opens and reads it, who is not does not see it", async () => {
      // Both servers give a new folder the rights of the one that it is in.
      const { results, given } = await run(place, shared, file, FOLDERS);
      expect([lossesOf(results), given]).toEqual([[[], [], []], [`${reader} +lrs`, `${editor} +lrswipkxte`, `${reader} +lrs`, `${editor} +lrswipkxte`]]);
      expect([await seen(reader), await seen(editor, true), await seen(stranger)]).toEqual(["1 read", "1 read", "nothing"]);
    });

    it("are not given again, nor taken from anybody", async () => {
      expect((await run(place, shared, file, FOLDERS)).given).toEqual([]);
      await writeFile(path.join(dir, "moins.csv"), `mailbox,person,right\n${shared},${reader},lrsw\n`);
      expect((await run(place, shared, "moins.csv", [folder(FOLDER)])).given).toEqual([`${reader} +w`]);
      expect([await seen(reader), await seen(editor)]).toEqual(["3 read", "3 read"]);
    });

    it("are left alone in accounts that the file does not name", async () => {
      expect((await run(place, at("camille"), file, [folder(FOLDER)])).given).toEqual([]);
    });

    it("are known to doctor", async () => {
      const checks = await collected((await created(place, file, { probe: shared })).check(signal));
      expect(checks).toMatchObject([{ ok: true, code: "IMAP_SIGN_IN", message: expect.stringContaining("ACL") as unknown }]);
    });
  });
}

(cyrus === undefined ? describe.skip : describe)(`rights for somebody whom ${titleFor("cyrus", cyrus)} refuses`, () => {
  it("are told once by name, and neither the mail nor the others' rights wait for it", async () => {
    const [account, place] = ["denis@commune.example", { host: cyrus?.host ?? "", port: cyrus?.imapPort ?? 0 }];
    await writeFile(path.join(dir, "refus.csv"), `mailbox;person;right\n${account};inconnu/x@commune.example;edit\n${account};marie@commune.example;read\n`);
    const { results, given } = await run(place, account, "refus.csv", [folder(`A ${RUN}`), folder(`B ${RUN}`)]);
    expect([lossesOf(results), results.map(({ outcome }) => outcome)]).toEqual([[["rights of inconnu/x@commune.example: mail.rights-refused"], []], ["created", "created"]]);
    expect(given.filter((words) => words === "marie@commune.example +lrs").length).toBe(2);
  });
});

(plain === undefined ? describe.skip : describe)(`rights at a server without access lists (${titleFor("dovecot", plain)})`, () => {
  const place = { host: plain?.host ?? "", port: plain?.port ?? 0 };
  const account = `sans-${RUN}@commune.example`;

  it("are told once, and the mail arrives", async () => {
    await writeFile(path.join(dir, "sans.csv"), `mailbox;person;right\n${account};zoe@commune.example;edit\n`);
    const { results, given } = await run(place, account, "sans.csv", [folder("A"), folder("B")]);
    expect([lossesOf(results), given, results.map(({ outcome }) => outcome)]).toEqual([[["rights: mail.rights-unoffered"], []], [], ["created", "created"]]);
  });

  it("are a finding of doctor", async () => {
    const checks = await collected((await created(place, "sans.csv", { probe: account })).check(signal));
    expect(checks).toMatchObject([{ ok: true, code: "IMAP_SIGN_IN" }, { ok: false, code: "TARGET_NO_ACL" }]);
  });
});

describe("a file of rights that says no sense", () => {
  it.each([
    ["mailbox;person\na;b\n", 1, 'colonne absente "right"'], ["mailbox;person;right\na@x;b@x;read\na@x;b@x;owner\n", 3, "ceci n'est pas un droit"],
    ["mailbox;person;right\na@x;anyone;read\n", 2, "ceci n'est pas une personne"], ["mailbox;person;right\na@x;-b@x;read\n", 2, "ceci n'est pas une personne"],
    ["mailbox;person;right\na@x;Zoé Châtelain;read\n", 2, "ceci n'est pas une personne"],
    ["mailbox;person;right\n;b@x;read\n", 2, "boîte absente"], ["mailbox;person;right\n\"a@x;b@x;read\n", 2, "CSV_QUOTE_NOT_CLOSED"], ["", 1, "colonne absente"],
  ])("%j ends with its line", async (text, line, reason) => {
    await writeFile(path.join(dir, "faux.csv"), text);
    const making = adapter.create(adapter.options.parse({ host: "h", password: "env:P", rights: "file:faux.csv" }), { ...environment, lang: "fr" });
    await expect(making).rejects.toMatchObject({ code: "CONFIG_RIGHTS", params: { file: "faux.csv", line, reason: expect.stringContaining(reason) as unknown } });
  });

  it("or is not there is named", async () => {
    await expect(adapter.create(adapter.options.parse({ host: "h", password: "env:P", rights: "file:absent.csv" }), environment)).rejects.toMatchObject({ code: "CONFIG_RIGHTS", params: { file: "absent.csv" } });
  });
});
