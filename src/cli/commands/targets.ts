import { Argument, Command, Option } from "commander";
import { adapterNames } from "../../../adapters/registry.js";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import { PLATFORMS } from "../../platforms/index.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import type { Output } from "../output.js";
import { allTargets } from "../targets/documents.js";
import type { Cell, TargetRow } from "../targets/matrix.js";
import { terminalTable } from "../targets/table.js";
import { WORDS } from "../targets/words.js";

/** Where hand-over files are described. */
const HANDOVER_PAGE = "docs/handover.md";

interface TargetsOptions {
  readonly workload?: readonly WorkloadName[];
}

export function targetsCommand(): Command {
  return new Command("targets")
    .description("what each target takes, by which way, on what proof, with which losses")
    .addArgument(new Argument("[target]", "one adapter or platform, at length").choices([...new Set([...adapterNames(), ...PLATFORMS.map(({ name }) => name)])]))
    .addOption(new Option("--workload <name...>", "only these kinds of content").choices(WORKLOADS))
    .addHelpText("after", `
Needs no configuration and no network.
--json: one record a target and kind of content, of type "target" (target, title, kind, page, workload, support, route, evidence, losses, note, cite, handover).

Examples:
  o365-exodus targets
  o365-exodus targets gofast
  o365-exodus --lang fr targets wimi --workload files channels
  o365-exodus --json targets | jq -r 'select(.workload == "mail" and .evidence == "own-server").target'`)
    .action(async (target: string | undefined, { workload }: TargetsOptions, command: Command) => framed(command, async ({ output }) => {
      const rows = (await allTargets()).filter(({ name }) => target === undefined || name === target);
      const wanted = ({ workload: one }: Cell): boolean => workload?.includes(one) ?? true;
      for (const { cells, ...row } of rows) for (const cell of cells.filter(wanted)) record(output, row, cell);
      if (target === undefined && workload === undefined) overview(output, rows);
      else for (const row of rows) atLength(output, row, row.cells.filter(wanted));
      return EXIT.complete;
    }));
}

function record(output: Output, { name, title, kind, page }: Omit<TargetRow, "cells">, { note, ...cell }: Cell): void {
  output.record({ type: "target", target: name, title, kind, page, ...cell, ...(note === undefined ? {} : { note: note[output.lang] }), ...(cell.support === "package" ? { handover: HANDOVER_PAGE } : {}) });
}

function overview(output: Output, rows: readonly TargetRow[]): void {
  const { legend, more } = WORDS[output.lang];
  for (const line of ["", ...terminalTable(rows), "", ...legend, "", more]) output.line(line);
}

function atLength(output: Output, { name, title, page }: TargetRow, cells: readonly Cell[]): void {
  const { support, evidence, columns, colon, handOver } = WORDS[output.lang];
  output.line(`\n${name} (${title}), ${page}`);
  for (const cell of cells) {
    const how = cell.route === undefined ? "" : `, ${columns.route} ${cell.route}, ${columns.evidence}${colon}${evidence[cell.evidence]}`;
    output.line(`  ${output.text.workloads[cell.workload]}${colon}${support[cell.support]}${how}`);
    if (cell.note !== undefined) output.line(`    ${cell.note[output.lang]}`);
    if (cell.support === "package") output.line(`    ${evidence.package}${colon}${handOver(name)}`);
    if (cell.losses.length > 0) output.line(`    ${columns.losses}${colon}${cell.losses.join(", ")}`);
    output.line(`    ${columns.source}${colon}${cell.cite}`);
  }
}
