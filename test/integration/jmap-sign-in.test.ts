import { createPrivateKey, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { adapter } from "../../adapters/jmap/index.js";
import type { Adapter, TargetSession } from "../../src/core/adapter.js";
import type { ExodusError } from "../../src/core/errors.js";
import type { CheckResult } from "../../src/core/source.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { samplesOf } from "../../src/kit/conformance/samples.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { titleFor, useServer } from "../servers.js";

const server = useServer("james");
const { signal } = new AbortController();
const PLACED: PlacedContainer = { workload: "mail", owner: "o", id: "c", name: "Essai", path: ["Essai"] };
const DELEGATE = "exodus@commune.example";

(server === undefined ? describe.skip : describe)(`sign-ins by JMAP to ${titleFor("james", server)}`, () => {
  const james = new James(server ?? { host: "", port: 0, root: "" });
  const account = `acces-${randomBytes(4).toString("hex")}@commune.example`;
  const blobs = new MemoryBlobs();
  let item: Item;

  /** James documentation, "JMAP", JWT: RS256, `sub` names the account. */
  const token = (name: string, lifeSeconds = 600): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ sub: name }).setProtectedHeader({ alg: "RS256", typ: "JWT" }).setIssuedAt(now - 3_600).setExpirationTime(now + lifeSeconds)
      .sign(createPrivateKey(readFileSync(path.join(server?.root ?? "", "conf/key.pem"))));
  };
  const create = (options: Record<string, unknown>, secret?: string): Promise<Adapter> =>
    adapter.create(adapter.options.parse({ url: james.url, ...(secret === undefined ? {} : { password: "env:S" }), ...options }), testEnvironment("courrier", { "env:S": secret ?? "" }));
  const connect = async (options: Record<string, unknown>, secret?: string): Promise<TargetSession> => (await create(options, secret)).connect({ owner: sampleOwner(account), name: account }, "mail", signal);
  const failing = (work: Promise<unknown>): Promise<ExodusError> => work.then(() => { throw new Error("nothing was thrown"); }, (thrown: unknown) => thrown as ExodusError);
  const checked = async (created: Adapter): Promise<CheckResult[]> => {
    const results: CheckResult[] = [];
    for await (const result of created.check(signal)) results.push(result);
    return results;
  };

  beforeAll(async () => {
    await james.addAccount(account);
    item = samplesOf("mail", blobs).plain(1);
    const session = await connect({ signIn: "token" }, await token(account));
    const into = await session.prepare(PLACED, undefined, signal);
    await session.put(item, contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, PLACED, into));
    await session.close();
  });

  it.each<[string, Record<string, unknown>, () => Promise<string> | undefined]>([
    ["the account's token", { signIn: "token" }, () => token(account)],
    ["the token of a delegate", { signIn: "token" }, () => token(DELEGATE)],
    ["X-User", { signIn: "x-user" }, () => undefined],
    ["X-User with a secret", { signIn: "x-user" }, () => Promise.resolve("a secret that this version does not ask for")],
    ["X-User of a delegate", { signIn: "x-user", user: DELEGATE }, () => undefined],
    ["the account's password", {}, () => Promise.resolve("secret")],
  ])("by %s lead to the same mailbox", async (_title, options, secretOf) => {
    const session = await connect(options, await secretOf());
    const into = await session.prepare(PLACED, undefined, signal);
    const found = await session.find(item, contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, PLACED, into));
    await session.close();
    expect([into.created, found?.id]).toEqual([false, expect.any(String)]);
  });

  it.each<[string, string, Record<string, unknown>, () => Promise<string>]>([
    ["an expired token", "TARGET_TOKEN", { signIn: "token" }, () => token(account, -60)],
    ["a delegate's wrong password", "TARGET_DELEGATION", { user: DELEGATE }, () => Promise.resolve("faux-mot-de-passe")],
    ["the account's wrong password", "TARGET_CREDENTIAL", {}, () => Promise.resolve("faux-mot-de-passe")],
  ])("name %s, with a remedy in both languages and no secret", async (_title, code, options, secretOf) => {
    const secret = await secretOf();
    const error = await failing(connect(options, secret));
    expect([error.code, error.errorClass]).toEqual([code, "permanent-container"]);
    const told = (["en", "fr"] as const).map((lang) => `${error.describe(lang)} ${error.remedy(lang)}`);
    for (const text of told) expect([text.includes(account), code !== "TARGET_DELEGATION" || text.includes(DELEGATE), /[{}?]/.test(text), text.includes(secret)]).toEqual([true, true, false, false]);
    expect(await checked(await create({ ...options, probe: account }, secret))).toMatchObject([{ ok: false, code, advice: error.remedy("en") }]);
  });

  it("name somebody else's token by what it may not open", async () => {
    expect((await failing(connect({ signIn: "token" }, await token("paul@commune.example")))).code).toBe("TARGET_NOT_DELEGATED");
  });

  it("tell doctor without a probe whether the one that serves all is wrong, and else whether JMAP answers", async () => {
    expect(await checked(await create({ user: DELEGATE }, "faux-mot-de-passe"))).toMatchObject([{ ok: false, code: "TARGET_CREDENTIAL", message: expect.stringContaining(DELEGATE) }]);
    expect(await checked(await create({}, "secret"))).toMatchObject([{ ok: true, code: "JMAP_ANSWERS" }]);
  });
});
