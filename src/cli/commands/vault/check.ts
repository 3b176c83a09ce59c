import { fileURLToPath } from "node:url";
import { Command } from "commander";
import type { BlobIndex } from "../../../core/vault.js";
import { checkVault } from "../../../vault/check.js";
import { loadSchemas } from "../../../vault/schema-check.js";
import { vaultHeader } from "../../../vault/vault.js";
import { EXIT } from "../../exit-codes.js";
import { framed } from "../../frame.js";
import { identityOf, identityOption, openIndex, vaultFolder, vaultOf, vaultOption, type VaultOptions } from "./folder.js";

interface CheckOptions extends VaultOptions {
  readonly readData?: boolean;
  readonly schema?: boolean;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("check structure, records and the presence of every blob; with --read-data also every byte")
    .addOption(vaultOption())
    .addOption(identityOption())
    .option("--read-data", "hash every blob again")
    .option("--schema", "judge every record by the published JSON Schemas too")
    .addHelpText("after", `
Examples:
  o365-exodus vault check --read-data                 exit code 4 when something is wrong
  o365-exodus vault check --vault ./vault --schema    names file, line, item and what is wrong`)
    .action(async (options: CheckOptions, command: Command) => framed(command, async (frame) => {
      const { output, stop } = frame;
      const dir = await vaultFolder(frame, options);
      // What can be told without the key is worth telling: whoever keeps the disks need not be able to read them.
      const closed = (await vaultHeader(dir)).recipients !== undefined && (await identityOf(frame, options)) === undefined;
      const access = closed ? undefined : await vaultOf(frame, options);
      const index = access === undefined ? NO_INDEX : await openIndex(access);
      try {
        const schemas = options.schema === true ? await loadSchemas(schemaFolder()) : undefined;
        const counts = { problems: 0, blobs: 0, records: 0 };
        for await (const found of checkVault(dir, { readData: options.readData === true, index, cipher: access?.cipher, signal: stop.soft, ...(schemas === undefined ? {} : { schemas }) })) {
          output.record({ type: "vault-check", ...found });
          if (found.kind === "problem") {
            counts.problems += 1;
            output.line(`${output.text.notOk}  [${found.code}] ${found.file}: ${found.item === undefined ? "" : `${found.item}: `}${found.message}`);
          } else if (found.kind === "summary") {
            counts.blobs = found.blobs;
            counts.records = found.records;
          }
        }
        if (closed) output.line(output.text.checkedClosed);
        output.line(output.text.findings(counts.problems, counts.blobs, counts.records));
        return counts.problems === 0 ? EXIT.complete : EXIT.different;
      } finally {
        await index.close();
      }
    }));
}

/** Of an encrypted vault without its key. */
const NO_INDEX: BlobIndex & { close(): Promise<void> } = {
  find: () => Promise.resolve(undefined), adopt: () => Promise.resolve(), committedLength: () => Promise.resolve(undefined), close: () => Promise.resolve(),
};

/** The schemas that come with the program. */
function schemaFolder(): string {
  return fileURLToPath(new URL("../../../../../docs/schemas/v1", import.meta.url));
}
