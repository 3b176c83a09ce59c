import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "@jest/globals";
import { PROGRAM } from "./cli.js";

const IN_A_TERMINAL = "import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c', 'stty cols ' + sys.argv[1] + ' rows 24 && exec \"$@\"', 'sh'] + sys.argv[2:])))";

it.each([["80", true], ["0", false]])("doctor ends in a terminal of %s columns, with a spinner: %s", async (columns, spins) => {
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-terminal-"));
  try {
    const config = path.join(dir, "exodus.yaml");
    // Nobody listens there, which doctor tells.
    const nowhere = "https://127.0.0.1:9";
    const source = { tenantId: "87efae2e-faa0-48c5-8262-59fdae0073e5", clientId: "bcc69684-4dfb-4d37-85b2-6adeba0888b6", graph: nowhere, authority: nowhere, deviceCode: true };
    await writeFile(config, JSON.stringify({ version: 1, source, targets: { archive: { adapter: "archive", path: "./archive" } }, routes: [{ workload: "mail", to: "archive" }] }));
    // With CI set a spinner never turns.
    const { CI: _, ...env } = process.env;
    const child = spawn("python3", ["-c", IN_A_TERMINAL, columns, process.execPath, PROGRAM, "doctor", "--config", config], { stdio: ["ignore", "pipe", "inherit"], timeout: 30_000, env });
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => { shown = (shown + chunk.toString()).slice(-100_000); });
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once("close", (...ended) => { resolve(ended); }));
    expect({ code, signal }).toEqual({ code: 13, signal: null });
    expect(shown).toContain("archive");
    expect(shown.includes("\u001b[?25l")).toBe(spins);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it("prints its help though nobody reads it, and says nothing of that", async () => {
  const child = spawn(process.execPath, [PROGRAM, "migrate", "--help"], { stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 });
  child.stdout.destroy();
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => { told += chunk.toString(); });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, told }).toEqual({ code: 0, told: "" });
});
