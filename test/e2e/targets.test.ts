import { describe, expect, it } from "@jest/globals";
import { adapterNames } from "../../adapters/registry.js";
import { WORKLOADS } from "../../src/core/item.js";
import { PLATFORMS } from "../../src/platforms/index.js";
import { cli } from "./cli.js";

const PLATFORM_NAMES = PLATFORMS.map(({ name }) => name);
const NAMES = [...adapterNames().filter((name) => !PLATFORM_NAMES.includes(name)), ...PLATFORM_NAMES];

describe("o365-exodus targets", () => {
  it("has a line for each target, and a record for each target and kind of content", async () => {
    const people = await cli(["targets"]);
    expect(people.code).toBe(0);
    for (const name of NAMES) expect(people.stdout).toMatch(new RegExp(`^${name} .*[RrEeDdP–]$`, "m"));
    const programs = await cli(["--json", "targets"]);
    const records = programs.stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ target, workload }) => `${String(target)} ${String(workload)}`)).toEqual(NAMES.flatMap((name) => WORKLOADS.map((workload) => `${name} ${workload}`)));
    expect(records.find(({ target, workload }) => target === "gofast" && workload === "files")).toMatchObject({ type: "target", support: "partial", route: "gofast", evidence: "emulator" });
  });

  it("tells one at length in French", async () => {
    const { code, stdout } = await cli(["--lang", "fr", "targets", "gofast", "--workload", "mail", "files"]);
    expect(code).toBe(0);
    expect(stdout).toContain("fichiers : avec pertes, par gofast, preuve : un émulateur");
    expect(stdout).toContain("pertes possibles : ");
    expect(stdout).toContain("N'héberge pas de boîtes");
    expect(stdout).not.toContain("canaux");
    const { stdout: packaged } = await cli(["--json", "targets", "wimi", "--workload", "chats"]);
    expect(JSON.parse(packaged)).toMatchObject({ support: "package", handover: "docs/handover.md" });
    expect((await cli(["targets", "wimi", "--workload", "chats"])).stdout).toContain("o365-exodus handover --for wimi (docs/handover.md)");
  });

  it("refuses a target that it does not know, and shows examples", async () => {
    expect((await cli(["targets", "nowhere"])).code).toBe(2);
    expect((await cli(["targets", "--help"])).stdout).toContain("Examples:");
  });
});
