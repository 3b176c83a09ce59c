import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkSandbox } from "./run.js";
import { writeSmallTenant } from "./small-tenant.js";

const USAGE = "usage: check:samples -- DIR [--tenant DIR]   DIR holds csdl-subset.full.json and samples/\n";

/** Exit codes: 0 no violation, 1 some, 2 usage. */
async function main(): Promise<number> {
  const { positionals: [reference], values } = parseArgs({ allowPositionals: true, options: { tenant: { type: "string" } } });
  if (reference === undefined || !existsSync(path.join(reference, "csdl-subset.full.json"))) {
    process.stderr.write(USAGE);
    return 2;
  }
  const bundled = path.resolve("fixtures", "tenant");
  const given = values.tenant ?? (existsSync(bundled) ? bundled : undefined);
  const scratch = given === undefined ? await mkdtemp(path.join(tmpdir(), "o365-exodus-check-")) : undefined;
  try {
    if (scratch !== undefined) await writeSmallTenant(scratch);
    const report = await checkSandbox(path.resolve(reference), given ?? scratch ?? "");
    const lines = [
      `${report.routes} routes, ${report.requests} requests`,
      `${report.metadataChecks} values checked against the metadata`,
      `${report.samples} samples compared, ${report.sampleChecks} comparisons; ${report.unserved.length} samples of paths that are not served`,
      ...report.unexercised.map((pattern) => `not exercised: ${pattern}`),
      ...report.unjudged.map((type) => `not judged: ${type}`),
      ...report.violations.map(({ where, problem }) => `VIOLATION ${where}: ${problem}`),
      `${report.violations.length} violations`,
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    return report.violations.length === 0 ? 0 : 1;
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
