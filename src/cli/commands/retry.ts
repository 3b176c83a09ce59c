import { Command, Option } from "commander";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import { failedLegs } from "../../engine/failed.js";
import { parseDuration } from "../duration.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { framed, type Frame } from "../frame.js";
import { knownLegs } from "../known-legs.js";
import { tellUnknown } from "../unknown-owners.js";
import { openLedger, vaultExists } from "../workspace.js";
import { run } from "./migrate.js";

interface RetryOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly code?: readonly string[];
  readonly missing?: boolean;
  readonly list?: boolean;
  readonly maxDuration?: number;
}

/** `migrate` of what failed alone: whose content goes well is neither asked for nor touched. */
export function retryCommand(): Command {
  return new Command("retry")
    .description("try again what failed or was blocked in the last run, and nothing else: the tenant is not listed anew")
    .option("--list", "only tell what failed, by owner, workload and code, with the remedy; writes nothing")
    .option("--code <code...>", "only owners' workloads in which something failed with one of these codes (docs/errors.md)")
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .option("--missing", "also put again what the last verify did not find at the target, be it that people have moved or deleted it there")
    .option("--max-duration <time>", "stop in time with everything saved, for example 40m", parseDuration)
    .addHelpText("after", `
Examples:
  o365-exodus retry --list                        what there is to mend
  o365-exodus retry                               once it is mended
  o365-exodus retry --code TARGET_QUOTA_FULL      those whose account was full
  o365-exodus retry --missing                     after a verify that ended with exit code 4`)
    .action(async (options: RetryOptions, command: Command) => {
      if (options.list === true && options.missing === true) command.error("error: --list writes nothing, --missing does / --list n'écrit rien, --missing si");
      return framed(command, (frame) => (options.list === true ? list(frame, options) : retry(frame, options)));
    });
}

async function retry(frame: Frame, { owner, workload, code, missing, maxDuration }: RetryOptions): Promise<ExitCode> {
  const loaded = await frame.loaded();
  if (!(await vaultExists(loaded))) {
    frame.output.line(frame.output.text.nothingYet);
    return EXIT.complete;
  }
  return run(frame, { name: "retry", pull: loaded.config.source !== undefined, push: true }, {
    pass: "delta", failed: { codes: code, missing: missing === true },
    ...(owner === undefined ? {} : { owner }), ...(workload === undefined ? {} : { workload }), ...(maxDuration === undefined ? {} : { maxDuration }),
  });
}

async function list({ output, loaded: load }: Frame, { owner, workload, code }: RetryOptions): Promise<ExitCode> {
  const loaded = await load();
  if (!(await vaultExists(loaded))) {
    output.line(output.text.nothingYet);
    return EXIT.complete;
  }
  const ledger = await openLedger(loaded);
  try {
    const { legs, unknown } = await knownLegs(loaded, ledger.state, { ...(owner === undefined ? {} : { owner }), ...(workload === undefined ? {} : { workload }) });
    const { rows } = await failedLegs(ledger.state, legs, code, output.lang);
    if (rows.length === 0) output.line(output.text.nothingFailed);
    for (const row of rows) {
      output.line(output.text.failedRow(row.ownerName, output.text.workloads[row.workload] ?? row.workload, row.target, row.items));
      output.line(`  [${row.code}] ${row.message}`);
      if (row.remedy !== "") output.line(`  ${output.text.remedy} ${row.remedy}`);
      output.record({ type: "failed", ...row });
    }
    tellUnknown(output, loaded, unknown);
    if (unknown.length > 0) return EXIT.configuration;
    return rows.length > 0 ? EXIT.partial : EXIT.complete;
  } finally {
    await ledger.close();
  }
}
