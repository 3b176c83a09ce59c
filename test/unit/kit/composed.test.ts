import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import type { Adapter, Manifest, TargetSession, WorkloadCapability } from "../../../src/core/adapter.js";
import { composed, part, type ComposedOptions } from "../../../src/kit/composed.js";
import { Bench, type ConformanceSetup } from "../../../src/kit/conformance/bench.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { collected } from "../../../src/lib/collected.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { conformanceChecks } from "../../../src/kit/conformance/suite.js";
import { defineAdapter, type AdapterModule } from "../../../src/kit/define.js";
import { PartSession } from "../../../src/kit/part-session.js";
import { testEnvironment } from "../../environment.js";
import { fakeAdapter, FakeServer, manifest as fakeManifest } from "./fake-target.js";

const SECRETS = { "env:A": "secret", "env:B": "secret", "env:BAD": "hunter2" };
const ROUTE = { cite: "example/mail@0000000, docs/import.md", evidence: "documented" } as const;
const MAIL = fakeManifest.workloads.mail as WorkloadCapability;

interface Options {
  readonly password: string;
  readonly replies: "thread" | "reply";
}

/** A fake server behind a module; `seen` keeps the options that reached it, `closed` who was closed. */
function fake(server: FakeServer, manifest: Manifest, seen: unknown[], closed: string[], broken = false): AdapterModule<Options> {
  return defineAdapter<Options>({
    manifest, options: z.strictObject({ password: z.string(), replies: z.enum(["thread", "reply"]).default("thread") }),
    async create(options, environment): Promise<Adapter> {
      seen.push({ target: environment.target, ...options });
      return {
        ...fakeAdapter(server, await environment.secret(options.password), new Set()), manifest,
        check: async function* () { yield await Promise.resolve({ subject: environment.target, ok: true, code: "OK", message: manifest.name }); },
        close: () => {
          closed.push(environment.target);
          return broken ? Promise.reject(new Error("will not close")) : Promise.resolve();
        },
      };
    },
  });
}

function platform(broken = false) {
  const [server, seen, closed]: [FakeServer, unknown[], string[]] = [new FakeServer(), [], []];
  const chat: Manifest = { ...fakeManifest, name: "chat", concurrency: 1, skips: ["SHORTCUT"], workloads: { channels: { ...MAIL, appends: true }, chats: { ...MAIL, appends: true } } };
  const module = composed({
    name: "platform", title: "A platform", docs: "https://example.org/",
    parts: {
      imap: part(fake(server, fakeManifest, seen, closed, broken), { mail: ROUTE }),
      jmap: part(fake(server, { ...fakeManifest, concurrency: 7 }, seen, closed), { mail: ROUTE }),
      chat: part(fake(server, chat, seen, closed), { channels: ROUTE, chats: ROUTE }, { replies: "reply" }),
    },
  });
  const create = (options: Record<string, unknown>): Promise<Adapter> => module.create(module.options.parse(options), testEnvironment("twin", SECRETS));
  return { server, seen, closed, module, create };
}

const zoe = { owner: sampleOwner("zoe"), name: "zoe" };
const problems = (schema: z.ZodType<ComposedOptions>, options: Record<string, unknown>): string[] => (schema.safeParse(options).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a part's session", () => {
  it("settles what its part has to settle, and only that", async () => {
    let settled = 0;
    const settling = { settle: () => { settled += 1; return Promise.resolve(); } } as unknown as TargetSession;
    await new PartSession(settling, "chat", "platform").settle(new AbortController().signal);
    await new PartSession({} as unknown as TargetSession, "mail", "platform").settle(new AbortController().signal);
    expect(settled).toBe(1);
  });
});

describe("an adapter made of others", () => {
  it("conforms where its part does", async () => {
    const { server, module } = platform();
    const setup: ConformanceSetup = {
      title: "composed", manifest: module.manifest, workload: "mail", secrets: ["secret"], adapter: () => module.create(module.options.parse({ imap: { password: "env:A" } }), testEnvironment("twin", SECRETS)),
      account: () => zoe, count: (_account, into) => Promise.resolve(server.boxes.get(into.id.replace(/^imap:/, ""))?.items.size ?? -1),
    };
    const failed: string[] = [];
    const checks = conformanceChecks(setup).filter(({ title }) => !title.startsWith("a wrong secret"));
    for (const check of checks) {
      const bench = new Bench(setup);
      await check.run(bench).catch((thrown: unknown) => failed.push(`${check.title}: ${String(thrown)}`));
      await bench.close();
    }
    expect({ failed, checked: checks.length > 20 }).toEqual({ failed: [], checked: true });
  });

  it("gives each part its own options and name, with the platform's presets before the adapter's defaults", async () => {
    const { seen, create } = platform();
    await create({ imap: { password: "env:A" }, chat: { password: "env:B" } });
    await create({ chat: { password: "env:B", replies: "thread" } });
    expect(seen).toEqual([
      { target: "twin.imap", password: "env:A", replies: "thread" }, { target: "twin.chat", password: "env:B", replies: "reply" }, { target: "twin.chat", password: "env:B", replies: "thread" },
    ]);
  });

  it("names the part and the key of a wrong option", () => {
    const { module: { options } } = platform();
    const unknown = options.safeParse({ chat: { password: "env:A", passwort: "x" } }).error?.issues[0];
    expect([unknown?.code, unknown?.path]).toEqual(["unrecognized_keys", ["chat"]]);
    expect(problems(options, { imap: {} })[0]).toMatch(/^imap\.password: /);
    expect(problems(options, {})).toEqual([": needs at least one of imap, jmap, chat"]);
  });

  it("has a workload that two parts take settled by the configuration", async () => {
    const { module, create } = platform();
    const both = { imap: { password: "env:A" }, jmap: { password: "env:A" } };
    expect(problems(module.options, both)).toEqual(["use: imap and jmap both take mail: settle it by use: {mail: imap}"]);
    expect(problems(module.options, { ...both, use: { mail: "chat" } })).toEqual(["use.mail: no part of that name here takes mail"]);
    expect((await create({ ...both, use: { mail: "jmap" } })).manifest.workloads.mail?.concurrency).toBe(7);
  });

  it("declares what its parts can do, workload by workload, and nothing of parts that are not there", async () => {
    const { module, create } = platform();
    expect(Object.keys(module.manifest.workloads)).toEqual(["mail", "channels", "chats"]);
    const { manifest } = await create({ imap: { password: "env:A" }, chat: { password: "env:B" } });
    expect(manifest.workloads.mail).toEqual({ ...MAIL, ...ROUTE, concurrency: 2 });
    expect(manifest.workloads.chats).toEqual({ ...MAIL, ...ROUTE, appends: true, concurrency: 1 });
    expect({ skips: manifest.skips, concurrency: manifest.concurrency }).toEqual({ skips: ["SHORTCUT"], concurrency: 2 });
    expect(Object.keys((await create({ chat: { password: "env:B" } })).manifest.workloads)).toEqual(["channels", "chats"]);
  });

  it("checks each part, then names each workload that nothing takes and what would", async () => {
    const checks = await collected((await platform().create({ chat: { password: "env:B" } })).check(new AbortController().signal));
    expect(checks[0]).toEqual({ subject: "twin.chat", ok: true, code: "OK", message: "chat" });
    expect(checks.slice(1).map(({ ok, code, message }) => [ok, code, message.split(":")[0]])).toEqual(["mail", "calendar", "contacts", "files", "settings", "lists", "pages", "tasks", "notes", "directory"].map((name) => [true, "PART_ABSENT", name]));
    expect(checks[1]?.advice).toBe("Route it to another target (an archive takes everything), or give the options of twin.imap, twin.jmap.");
    expect(checks[2]?.advice).toBe("Route it to another target (an archive takes everything).");
  });

  it("writes nothing by one part into what another wrote", async () => {
    const { create } = platform();
    const signal = new AbortController().signal;
    const folder = { workload: "mail", owner: "zoe", id: "f", name: "Dossier", path: ["Dossier"] } as const;
    const by = async (name: string) => (await create({ [name]: { password: "env:A" } })).connect(zoe, "mail", signal);
    const { id } = await (await by("imap")).prepare(folder, undefined, signal);
    expect((await (await by("imap")).prepare(folder, id, signal)).id).toBe(id);
    const error = await thrownBy(async () => (await by("jmap")).prepare(folder, id, signal));
    expect([error.code, error.errorClass, error.params]).toEqual(["TARGET_OTHER_PART", "fatal-config", { target: "twin", part: "jmap", writer: "imap" }]);
  });

  it("refuses a workload of a part that is not there", async () => {
    const error = await thrownBy(async () => (await platform().create({ chat: { password: "env:B" } })).connect(zoe, "mail", new AbortController().signal));
    expect(error.code).toBe("ROUTE_UNSUPPORTED");
  });

  it("closes every part, though one will not", async () => {
    const { closed, create } = platform(true);
    const adapter = await create({ imap: { password: "env:A" }, chat: { password: "env:B" } });
    await expect(adapter.close()).rejects.toThrow("will not close");
    expect(closed).toEqual(["twin.imap", "twin.chat"]);
  });
});
