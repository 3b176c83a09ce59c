import { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { knownLegs } from "../known-legs.js";
import { saveReport } from "../save-report.js";
import { openWorkspace, vaultExists } from "../workspace.js";

export function reportCommand(): Command {
  return new Command("report")
    .description("write the report of the last pass again (HTML, JSON, CSV)")
    .addHelpText("after", "\nExample:\n  o365-exodus report --lang fr")
    .action(async (_options: unknown, command: Command) => framed(command, async ({ output, loaded: load }) => {
      const loaded = await load();
      const workspace = (await vaultExists(loaded)) ? await openWorkspace(loaded) : undefined;
      try {
        const pass = await workspace?.state.lastPass();
        if (workspace === undefined || pass === undefined) {
          output.line(output.text.nothingYet);
          return EXIT.complete;
        }
        const legs = await knownLegs(loaded, workspace.state, {});
        const file = await saveReport(loaded, workspace, legs, pass, pass.completedAt !== undefined, output.lang);
        output.line(output.text.report(file));
        output.record({ type: "report", file });
        return EXIT.complete;
      } finally {
        await workspace?.close();
      }
    }));
}
