import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/managesieve/index.js";
import type { PutResult, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { SieveClient } from "../../src/drivers/managesieve/client.js";
import type { MessageRuleRecord } from "../../src/format/settings.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { collected } from "../../src/lib/collected.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { titleFor, useServer } from "../servers.js";

const james = useServer("james");
const { host, sievePort: port = 0, sieveTlsPort = 0, imapPort = 0, caFile = "" } = james ?? { host: "" };
const signal = new AbortController().signal;
const ACCOUNT = `regles-${randomBytes(4).toString("hex")}@commune.example`;
const RULES: PlacedContainer = { workload: "settings", owner: "o", id: "rules", name: "Rules", path: ["Rules"] };
const surroundings = { blobs: new MemoryBlobs(), ledger: new MemoryLedger(), signal };
const environment = testEnvironment("mairie", { "env:P": "secret" });
const access = { target: "mairie", host, port, security: "none", account: ACCOUNT, governor: environment.governor } as const;
const SIGN_IN = { user: ACCOUNT, secret: { kind: "password", value: "secret" } } as const;

function rule(name: string, words: readonly string[]): Item {
  const record: MessageRuleRecord = { v: 1, type: "message-rule", name, order: 1, enabled: true, hasError: false, readOnly: false, conditions: { subjectContains: [...words] }, exceptions: {}, actions: { delete: true } };
  return sampleItem("settings", name, record, undefined);
}

(james === undefined ? describe.skip : describe)(`managesieve at ${titleFor("james", james)}`, () => {
  const options = (more: object = {}) => adapter.options.parse({ host, port, security: "none", password: "env:P", probe: ACCOUNT, imap: { port: imapPort, security: "none" }, ...more });
  const within = async <T>(use: (session: TargetSession) => Promise<T>): Promise<T> => {
    const made = await adapter.create(options(), environment);
    const session = await made.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "settings", signal);
    return use(session).finally(() => session.close());
  };
  const put = async (session: TargetSession, item: Item): Promise<PutResult> => session.put(item, contextOf(surroundings, item, RULES, await session.prepare(RULES, undefined, signal)));
  const opened = (): Promise<SieveClient> => SieveClient.open(access, SIGN_IN, signal);

  beforeAll(() => new James(james ?? { host, port, root: "" }).addAccount(ACCOUNT, false));

  it("names what is beyond its 8,000 characters within seconds, keeps what stood, and goes on", async () => {
    await within(async (session) => {
      expect(await put(session, rule("Élus", ["délibération"]))).toMatchObject({ outcome: "created" });
      await expect(put(session, rule("Longue", Array.from({ length: 100 }, (_, at) => `${"é".repeat(90)}${at}`)))).rejects.toMatchObject({ code: "TARGET_SCRIPT_LONG", params: { account: ACCOUNT } });
      expect(await put(session, rule("Élus", ["délibération"]))).toMatchObject({ outcome: "created" });
      expect(await put(session, rule("Après 😀", ["conseil municipal"]))).toMatchObject({ outcome: "created" });
    });
    const client = await opened();
    const script = (await client.getScript("o365-exodus", signal)) ?? "";
    await client.close();
    expect([script.includes("Longue"), script.includes("délibération"), script.includes("Après 😀"), script.endsWith("# o365-exodus: end\r\n")]).toEqual([false, true, true, true]);
  }, 60_000);

  it("does not store a script that it cannot read, and is heard to say why", async () => {
    const client = await opened();
    await expect(client.putScript("faux", "if {{{ été;\r\n", signal)).rejects.toMatchObject({ code: "TARGET_REFUSED_ITEM", params: { reason: expect.stringContaining("Syntax Error") as unknown } });
    const again = await opened();
    expect((await again.listScripts(signal)).map(({ name }) => name)).not.toContain("faux");
    await again.close();
  });

  it("leaves a script unanswered of which it cannot tell the words: an error after the time limit", async () => {
    const client = await SieveClient.open({ ...access, timeoutMs: 1_000 }, SIGN_IN, signal);
    await expect(client.checkScript('keep "\\\r\n \u0001;;;;;;;;;;;;\r\n', signal)).rejects.toMatchObject({ code: "TARGET_SILENT", params: { seconds: 1 } });
  });

  it("falls silent at STARTTLS, which is named; TLS from the first byte does", async () => {
    const ca = await readFile(caFile, "utf8");
    await expect(SieveClient.open({ ...access, security: "starttls", greetingTimeoutMs: 2_000, ca }, SIGN_IN, signal)).rejects.toMatchObject({ code: "TARGET_STARTTLS" });
    const client = await SieveClient.open({ ...access, port: sieveTlsPort, security: "tls", ca }, SIGN_IN, signal);
    await client.putScript("été-😀", "# été 😀\r\nkeep;\r\n", signal);
    expect(await client.getScript("été-😀", signal)).toBe("# été 😀\r\nkeep;\r\n");
    await client.close();
  });

  it("is told by doctor with what its Sieve lacks", async () => {
    const checks = await collected((await adapter.create(options(), environment)).check(signal));
    expect(checks).toMatchObject([{ ok: true, code: "SIEVE_SIGN_IN", message: `${ACCOUNT}: Apache ManageSieve v1.0 (-mailbox, -copy, -imap4flags, -body, -vacation, -date, -relational)` }]);
  });
});
