import { Command } from "commander";
import { unitRows } from "../../engine/summary.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { tellIdentities } from "../identity-findings.js";
import { knownLegs } from "../known-legs.js";
import { saveRights } from "../save-rights.js";
import { saveReport } from "../save-report.js";
import { printGaps } from "../source-gaps.js";
import { tellFindings } from "../tell-routes.js";
import { openLedger, vaultExists } from "../workspace.js";

export function reportCommand(): Command {
  return new Command("report")
    .description("write the report of the last pass again (HTML, JSON, CSV)")
    .option("--rights", "instead: who may see which files, folders and calendars, from the vault (rights.html, rights.csv), to set up rights at the target")
    .option("--owner <name...>", "with --rights: only these owners")
    .addHelpText("after", `
Examples:
  o365-exodus report --lang fr
  o365-exodus report --rights --owner claire@mairie.fr`)
    .action(async (options: { readonly rights?: boolean; readonly owner?: readonly string[] }, command: Command) => framed(command, async (frame) => {
      if (options.owner !== undefined && options.rights !== true) command.error("error: --owner goes with --rights");
      if (options.rights === true) return saveRights(frame, options.owner);
      const { output, loaded: load } = frame;
      const loaded = await load();
      const ledger = (await vaultExists(loaded)) ? await openLedger(loaded) : undefined;
      try {
        const pass = await ledger?.state.lastPass();
        if (ledger === undefined || pass === undefined) {
          output.line(output.text.nothingYet);
          return EXIT.complete;
        }
        const { legs, mistaken, ...gaps } = await knownLegs(loaded, ledger.state, {});
        const routes = tellFindings(output, gaps);
        const file = await saveReport(loaded, ledger, legs, await unitRows(ledger.state, legs, pass.id, output.lang), pass, pass.completedAt !== undefined, output.lang, { gaps: printGaps(output, loaded, gaps), routes });
        output.line(output.text.report(file));
        output.record({ type: "report", file });
        return tellIdentities(output, mistaken) > 0 ? EXIT.configuration : EXIT.complete;
      } finally {
        await ledger?.close();
      }
    }));
}
