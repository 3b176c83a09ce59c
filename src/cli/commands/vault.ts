import { Command } from "commander";
import path from "node:path";
import { openStateStore } from "../../state/store.js";
import { checkVault } from "../../vault/check.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { vaultDir } from "../workspace.js";

export function vaultCommand(): Command {
  const vault = new Command("vault").description("look after the vault");
  vault.addCommand(new Command("check")
    .description("check structure, records and the presence of every blob; with --read-data also every byte")
    .option("--read-data", "hash every blob again")
    .addHelpText("after", "\nExample:\n  o365-exodus vault check --read-data      exit code 4 when something is wrong")
    .action(async (options: { readonly readData?: boolean }, command: Command) => framed(command, async ({ output, stop, loaded }) => {
      const dir = vaultDir(await loaded());
      const index = await openStateStore(path.join(dir, "state.sqlite"));
      try {
        const counts = { problems: 0, blobs: 0, records: 0 };
        for await (const found of checkVault(dir, { readData: options.readData === true, index, signal: stop.soft })) {
          output.record({ type: "vault-check", ...found });
          if (found.kind === "problem") {
            counts.problems += 1;
            output.line(`${output.text.notOk}  [${found.code}] ${found.file}: ${found.message}`);
          } else if (found.kind === "summary") {
            counts.blobs = found.blobs;
            counts.records = found.records;
          }
        }
        output.line(output.text.findings(counts.problems, counts.blobs, counts.records));
        return counts.problems === 0 ? EXIT.complete : EXIT.different;
      } finally {
        await index.close();
      }
    })));
  return vault;
}
