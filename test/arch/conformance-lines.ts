import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { jest } from "@jest/globals";
import type { Evidence } from "../../src/core/adapter.js";
import type { WorkloadName } from "../../src/core/item.js";
import type { ConformanceSetup } from "../../src/kit/conformance/suite.js";

const TEST = fileURLToPath(new URL("..", import.meta.url));
const SERVER_SCRIPTS = readdirSync(path.join(TEST, "../fixtures/servers"));

/** One call of `conformance` in test/conformance: which workload of which adapter it runs, and against what. */
export interface ConformanceLine {
  readonly adapter: string;
  readonly workload: WorkloadName;
  /** The real server named in the line's title; absent: the line runs against the disk or something made for the test. */
  readonly server?: string;
  readonly proves: Evidence;
}

/**
 * Loads every file of test/conformance with the suite replaced by a recorder and every server by a stand-in that is never spoken to: what a line
 * proves is read from the line, not from a list kept beside it. To be called at the top of a test file, since the files that it loads register hooks.
 */
export async function conformanceLines(): Promise<readonly ConformanceLine[]> {
  const lines: ConformanceLine[] = [];
  let asked = new Set<string>();
  jest.unstable_mockModule("../../src/kit/conformance/suite.js", () => ({ conformance: (setup: ConformanceSetup) => lines.push(lineOf(setup, asked)) }));
  jest.unstable_mockModule("../servers.js", () => ({
    serverVerb: () => "",
    useServer: (name: string) => {
      asked.add(name);
      return { host: "127.0.0.1", port: 9, root: path.join(TEST, "no-server") };
    },
    titleFor: (name: string) => name,
  }));
  for (const file of readdirSync(path.join(TEST, "conformance")).filter((name) => name.endsWith(".test.ts"))) {
    asked = new Set();
    await import(`../conformance/${file}`);
  }
  return lines;
}

/** A line that names a real server which its file asks for proves as much as that server; one on the machine's own disk is on the real thing; any other runs against what we made ourselves. */
function lineOf({ title, manifest, workload }: ConformanceSetup, asked: ReadonlySet<string>): ConformanceLine {
  const server = [...asked].find((name) => SERVER_SCRIPTS.includes(name) && title.toLowerCase().includes(name));
  const line = { adapter: manifest.name, workload };
  if (server !== undefined) return { ...line, server, proves: "own-server" };
  return { ...line, proves: manifest.workloads[workload]?.via === "disk" ? "live" : "emulator" };
}
