import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "./cli.js";

/** Between the output of one block and the next: stands in no file of the example. */
const MARK = "\u001e";

describe("the worked example of docs/format.md", () => {
  it("prints, with ordinary tools, what the document says", async () => {
    const [, chapter = ""] = (await readFile(path.join(ROOT, "docs/format.md"), "utf8")).split("## Worked example");
    const blocks = [...chapter.matchAll(/```bash\n(.*?)```\n\n```text\n(.*?)```/gs)].map(([, commands = "", printed = ""]) => ({ commands, printed }));
    expect(blocks.length).toBe(chapter.split("```bash").length - 1);
    expect(blocks.length).toBeGreaterThan(5);
    const dir = await mkdtemp(path.join(tmpdir(), "exodus-format-"));
    try {
      await cp(path.join(ROOT, "test/golden/v1/vault"), path.join(dir, "vault"), { recursive: true });
      const script = ["set -euo pipefail", ...blocks.map(({ commands }) => `${commands}printf '\\036'`)].join("\n");
      const run = spawnSync("bash", ["-c", script], { cwd: path.join(dir, "vault"), encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8" } });
      expect(run.stderr).toBe("");
      expect(run.stdout.split(MARK).slice(0, -1)).toEqual(blocks.map(({ printed }) => printed));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
