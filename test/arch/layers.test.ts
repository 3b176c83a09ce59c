import { execFileSync, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Rule → a file that breaks it. Each is planted into one copy of the tree. */
const PLANTED: Readonly<Record<string, readonly [string, string]>> = {
  "no-circular": ["src/lib/planted-a.ts", 'import { b } from "./planted-b.js";\nexport const a = (): unknown => b;\n'],
  "core-is-pure": ["src/core/planted.ts", 'import { pause } from "../lib/backoff.js";\nexport const p = pause;\n'],
  "lib-is-leaf": ["src/lib/planted.ts", 'import { MailRecord } from "../format/records.js";\nexport const p = MailRecord;\n'],
  "format-on-core": ["src/format/planted.ts", 'import { pause } from "../lib/backoff.js";\nexport const p = pause;\n'],
  "convert-is-pure": ["src/convert/planted.ts", 'import type { GraphClient } from "../graph/client/client.js";\nexport type P = GraphClient;\n'],
  "vault-on-format": ["src/vault/planted.ts", 'import { openStateStore } from "../state/store.js";\nexport const p = openStateStore;\n'],
  "state-on-core": ["src/state/planted.ts", 'import { MailRecord } from "../format/records.js";\nexport const p = MailRecord;\n'],
  "engine-knows-no-vendor": ["src/engine/planted.ts", 'import type { GraphClient } from "../graph/client/client.js";\nexport type P = GraphClient;\n'],
  "exports-by-injection": ["src/export/planted.ts", 'import { openStateStore } from "../state/store.js";\nexport const p = openStateStore;\n'],
  "graph-is-a-source": ["src/graph/planted.ts", 'import { startSandbox } from "../sandbox/server.js";\nexport const p = startSandbox;\n'],
  "sandbox-is-apart": ["src/sandbox/planted.ts", 'import { QuickXorHash } from "../graph/drive/quick-xor-hash.js";\nexport const p = QuickXorHash;\n'],
  "drivers-know-no-workload": ["src/drivers/planted.ts", 'import { MailRecord } from "../format/records.js";\nexport const p = MailRecord;\n'],
  "platforms-are-data": ["src/platforms/planted.ts", 'import { pause } from "../lib/backoff.js";\nexport const p = pause;\n'],
  "kit-serves-adapters": ["src/kit/planted.ts", 'import { runLegs } from "../engine/run.js";\nexport const p = runLegs;\n'],
  "adapter-sees-only-kit": ["adapters/imap/planted.ts", 'import { manifest } from "../archive/manifest.js";\nexport const p = manifest;\n'],
  "only-cli-composes": ["adapters/imap/planted-cli.ts", 'import { EXIT } from "../../src/cli/exit-codes.js";\nexport const p = EXIT;\n'],
  "sockets-have-few-doors": ["src/engine/planted-socket.ts", 'import { connect } from "node:net";\nexport const p = connect;\n'],
};

function cruise(dir: string): { code: number | null; text: string; modules: string[] } {
  const program = path.join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const run = spawnSync(process.execPath, [program, "--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "adapters"], { cwd: dir, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, NODE_OPTIONS: "" } });
  const { modules, summary } = JSON.parse(run.stdout) as { modules: { source: string }[]; summary: { violations: { rule: { name: string } }[] } };
  return { code: run.status, text: summary.violations.map(({ rule }) => rule.name).join(" "), modules: modules.map(({ source }) => source) };
}

describe("layers", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-layers-"));
    for (const entry of ["src", "adapters", "package.json", "tsconfig.json", ".dependency-cruiser.cjs"]) await cp(path.join(ROOT, entry), path.join(dir, entry), { recursive: true });
    await symlink(path.join(ROOT, "node_modules"), path.join(dir, "node_modules"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("has no violation, and looks at every source file", () => {
    const { text, modules } = cruise(ROOT);
    const listed = execFileSync("git", ["ls-files", "src", "adapters"], { cwd: ROOT, encoding: "utf8" }).split("\n").filter((file) => file.endsWith(".ts"));
    expect(text).toBe("");
    expect(listed.filter((file) => !modules.includes(file))).toEqual([]);
    expect(listed.length).toBeGreaterThan(100);
  });

  it("finds one planted violation of each rule", async () => {
    for (const [file, text] of Object.values(PLANTED)) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), text);
    }
    await writeFile(path.join(dir, "src/lib/planted-b.ts"), 'import { a } from "./planted-a.js";\nexport const b = (): unknown => a;\n');
    const found = new Set(cruise(dir).text.split(" "));
    expect(Object.keys(PLANTED).filter((rule) => !found.has(rule))).toEqual([]);
  });
});
