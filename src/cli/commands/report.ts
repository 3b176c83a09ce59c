import { Command } from "commander";
import { unitRows } from "../../engine/summary.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { knownLegs } from "../known-legs.js";
import { saveReport } from "../save-report.js";
import { printGaps } from "../source-gaps.js";
import { openLedger, vaultExists } from "../workspace.js";

export function reportCommand(): Command {
  return new Command("report")
    .description("write the report of the last pass again (HTML, JSON, CSV)")
    .addHelpText("after", "\nExample:\n  o365-exodus report --lang fr")
    .action(async (_options: unknown, command: Command) => framed(command, async ({ output, loaded: load }) => {
      const loaded = await load();
      const ledger = (await vaultExists(loaded)) ? await openLedger(loaded) : undefined;
      try {
        const pass = await ledger?.state.lastPass();
        if (ledger === undefined || pass === undefined) {
          output.line(output.text.nothingYet);
          return EXIT.complete;
        }
        const { legs, notOffered } = await knownLegs(loaded, ledger.state, {});
        const file = await saveReport(loaded, ledger, legs, await unitRows(ledger.state, legs, pass.id, output.lang), pass, pass.completedAt !== undefined, output.lang, printGaps(output, loaded, notOffered));
        output.line(output.text.report(file));
        output.record({ type: "report", file });
        return EXIT.complete;
      } finally {
        await ledger?.close();
      }
    }));
}
