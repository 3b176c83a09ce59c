import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { CLOUD_NAMES } from "../clouds/edition.js";
import { checkSandbox, type CheckReport, type Pair } from "./run.js";
import { writeSmallTenant } from "./small-tenant.js";

const METADATA = "csdl-subset.full.json";
const USAGE = `usage: check:samples -- DIR [--tenant DIR] [--metadata DIR] [--cloud ${CLOUD_NAMES.join("|")}]
  DIR holds pairs of request and answer (*.json), or a folder "samples" of them; ${METADATA} is looked for in --metadata, in DIR and above it
`;
const MARKS: Readonly<Record<Pair["outcome"], string>> = { same: "same      ", "in part": "in part   ", different: "DIFFERENT ", "nothing to compare": "no answer ", "not served": "not served" };

function pairLine({ outcome, file, path: asked, comparisons, without }: Pair): string {
  return `${MARKS[outcome]} ${file}  ${asked}${comparisons === 0 ? "" : `  ${comparisons} comparisons`}${without.length === 0 ? "" : `; without ${without.join(", ")}`}`;
}

function lines(report: CheckReport): readonly string[] {
  const { pairs, skipped, violations } = report;
  const count = (outcome: Pair["outcome"]): number => pairs.filter((pair) => pair.outcome === outcome).length;
  return [
    ...report.notes, ...pairs.map(pairLine), ...skipped.map(({ file, why }) => `no pair    ${file}  ${why}`),
    `${report.routes} routes, ${report.requests} requests`, `${report.metadataChecks} values checked against the metadata`,
    `${count("same")} pairs the same, ${count("in part")} in part, ${count("different")} different, ${count("nothing to compare")} without an answer to compare, ${count("not served")} of paths that are not served, ${skipped.length} that are no GET with JSON`,
    ...report.unexercised.map((pattern) => `not exercised: ${pattern}`), ...report.unjudged.map((type) => `not judged: ${type}`),
    ...violations.map(({ where, problem }) => `VIOLATION ${where}: ${problem}`), `${violations.length} violations`,
  ];
}

/** The tenant that comes with the program, and one of each thing beside it: nothing that is served goes unasked for want of an example. */
async function fillTenant(dir: string): Promise<void> {
  const bundled = path.resolve("fixtures", "tenant");
  if (existsSync(bundled)) await cp(bundled, dir, { recursive: true });
  await writeSmallTenant(dir);
}

/** Exit codes: 0 no violation, 1 some, 2 usage. */
async function main(): Promise<number> {
  const { positionals: [dir = ""], values } = parseArgs({ allowPositionals: true, options: { tenant: { type: "string" }, metadata: { type: "string" }, cloud: { type: "string", default: "global" } } });
  const cloud = CLOUD_NAMES.find((name) => name === values.cloud);
  const samples = existsSync(path.join(dir, "samples")) ? path.join(dir, "samples") : dir;
  const metadata = [values.metadata, dir, path.join(dir, "..")].find((place) => place !== undefined && existsSync(path.join(place, METADATA)));
  if (dir === "" || !existsSync(samples) || metadata === undefined || cloud === undefined) {
    process.stderr.write(`${dir !== "" && metadata === undefined ? `no ${METADATA} in or above ${dir}\n` : ""}${USAGE}`);
    return 2;
  }
  const scratch = values.tenant === undefined ? await mkdtemp(path.join(tmpdir(), "o365-exodus-check-")) : undefined;
  try {
    if (scratch !== undefined) await fillTenant(scratch);
    const report = await checkSandbox({ metadata: path.resolve(metadata), samples: path.resolve(samples), tenant: values.tenant ?? scratch ?? "", cloud });
    process.stdout.write(`${lines(report).join("\n")}\n`);
    return report.violations.length === 0 ? 0 : 1;
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
