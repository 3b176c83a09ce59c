import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ROOT, serve, type Served } from "./cli.js";

const OWNERS = ["helene.garcon@eaux-vallee.example", "maelys.nguyen@eaux-vallee.example"];

/** The command of docs/live-tenant.md, as `npm run test:live` runs it after the build. */
async function live(env: Readonly<Record<string, string>>): Promise<{ readonly code: number | null; readonly told: string }> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("EXODUS_") && !name.startsWith("JEST_") && name !== "CI"));
  const child = spawn(process.execPath, ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--config", "test/live/jest.config.js"], { cwd: ROOT, env: { ...own, ...env } });
  let told = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { told += String(chunk); });
  return { code: await new Promise((resolve) => child.once("close", resolve)), told };
}

describe("the test of a live tenant, run against the sandbox", () => {
  let served: Served;
  let env: Record<string, string>;
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-live-command-"));
    served = await serve(path.join(ROOT, "fixtures/tenant"), ["--log", path.join(dir, "log")]);
    const { ready } = served;
    env = {
      EXODUS_LIVE: "1", EXODUS_TENANT_ID: ready["tenantId"] ?? "", EXODUS_CLIENT_ID: ready["clientId"] ?? "", EXODUS_OWNERS: OWNERS.join(", "),
      EXODUS_GRAPH: ready["graph"] ?? "", EXODUS_AUTHORITY: ready["authority"] ?? "", EXODUS_CA_FILE: ready["caFile"] ?? "",
    };
  });
  afterAll(async () => {
    await served.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it("reads the owners that were named, with the counts of the source, and only reads", async () => {
    const { ready } = served;
    const { code, told } = await live({ ...env, EXODUS_CERTIFICATE: ready["certificateFile"] ?? "", EXODUS_PRIVATE_KEY: ready["privateKeyFile"] ?? "" });
    expect({ code, told: code === 0 ? "" : told }).toEqual({ code: 0, told: "" });
    expect(told).toContain(`${OWNERS[0] ?? ""} mail: 11 read, 11 counted before, 11 after`);
    expect(told).toContain("delta: 0 items had changed since");
    // Beside tokens and batches, which the sandbox refuses for anything but reads, nothing but GET.
    const log = (await readFile(path.join(dir, "log"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { method: string; path: string });
    expect(log.filter(({ method, path: asked }) => method !== "GET" && !/\/oauth2\/v2\.0\/token$|\/\$batch$/.test(asked))).toEqual([]);
    expect(log.some(({ path: asked }) => asked.includes("/messages/"))).toBe(true);
  });

  it.each([["EXODUS_LIVE", "0"], ["EXODUS_OWNERS", ""], ["EXODUS_TENANT_ID", ""]])("reads nothing with %s=%j, and says what is missing", async (name, value) => {
    const before = await served.requests();
    const { code, told } = await live({ ...env, EXODUS_CLIENT_SECRET: served.ready["clientSecret"] ?? "", [name]: value });
    expect(code).not.toBe(0);
    expect(told).toContain("npm run test:live needs:");
    expect(told).toContain(name);
    // The question itself counts.
    expect(await served.requests()).toBe(before + 1);
  });
});
