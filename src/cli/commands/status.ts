import { Command } from "commander";
import { totals, unitRows } from "../../engine/summary.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { tellIdentities } from "../identity-findings.js";
import { knownLegs } from "../known-legs.js";
import { printGaps } from "../source-gaps.js";
import { printTotals } from "../summary.js";
import { tellFindings } from "../tell-routes.js";
import { openLedger, vaultExists } from "../workspace.js";

export function statusCommand(): Command {
  return new Command("status")
    .description("how far the migration is: the same account as at the end of a run")
    .addHelpText("after", "\nExample:\n  o365-exodus status --json")
    .action(async (_options: unknown, command: Command) => framed(command, async ({ output, loaded: load }) => {
      const loaded = await load();
      if (!(await vaultExists(loaded))) {
        output.line(output.text.nothingYet);
        return EXIT.complete;
      }
      const ledger = await openLedger(loaded);
      try {
        const pass = await ledger.state.lastPass();
        if (pass === undefined) {
          output.line(output.text.nothingYet);
          return EXIT.complete;
        }
        output.line(output.text.passLine(pass.kind, pass.startedAt, pass.completedAt !== undefined));
        const { legs, mistaken, ...gaps } = await knownLegs(loaded, ledger.state, {});
        printTotals(output, totals(await unitRows(ledger.state, legs, pass.id, output.lang)), { pass: pass.id, kind: pass.kind });
        tellFindings(output, gaps);
        printGaps(output, loaded, gaps);
        return tellIdentities(output, mistaken) > 0 ? EXIT.configuration : EXIT.complete;
      } finally {
        await ledger.close();
      }
    }));
}
