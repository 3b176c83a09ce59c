import { describe, expect, it } from "@jest/globals";
import { adapterNames, loadAdapter } from "../../adapters/registry.js";
import { EVIDENCE, type Evidence } from "../../src/core/adapter.js";
import { WORKLOADS } from "../../src/core/item.js";
import { conformanceLines, type ConformanceLine } from "./conformance-lines.js";

const LINES = await conformanceLines();

/** Without a line of the suite nothing was run: whatever is claimed comes from documents. */
function proven(lines: readonly ConformanceLine[], adapter: string, workload: string): Evidence {
  const levels = lines.filter((line) => line.adapter === adapter && line.workload === workload).map(({ proves }) => EVIDENCE.indexOf(proves));
  return EVIDENCE[Math.min(...levels)] ?? "documented";
}

/** Claims above what the lines prove. */
async function overstated(lines: readonly ConformanceLine[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of adapterNames()) {
    const workloads = (await loadAdapter(name))?.manifest.workloads ?? {};
    for (const workload of WORKLOADS) {
      const claimed = workloads[workload]?.evidence ?? "none";
      const most = proven(lines, name, workload);
      if (EVIDENCE.indexOf(claimed) < EVIDENCE.indexOf(most)) found.push(`${name} ${workload}: claims "${claimed}", the conformance suite proves "${most}"`);
    }
  }
  return found;
}

describe("evidence", () => {
  it("is nowhere claimed above what the conformance suite's lines prove", async () => expect(await overstated(LINES)).toEqual([]));

  it("is read from the lines: each adapter has some, and those on real servers name them", () => {
    expect([...new Set(LINES.map(({ adapter }) => adapter))].sort()).toEqual([...adapterNames()].sort());
    expect(LINES).toContainEqual({ adapter: "imap", workload: "mail", server: "dovecot", proves: "own-server" });
    expect(LINES).toContainEqual({ adapter: "archive", workload: "pages", proves: "live" });
  });

  it("is missed when a line goes", async () => {
    expect(await overstated(LINES.filter(({ adapter }) => adapter !== "imap"))).toEqual(['imap mail: claims "own-server", the conformance suite proves "documented"']);
  });
});
