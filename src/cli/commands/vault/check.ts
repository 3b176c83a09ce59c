import { fileURLToPath } from "node:url";
import { Command } from "commander";
import type { CheckIndex } from "../../../core/vault.js";
import { checkVault } from "../../../vault/check.js";
import { loadSchemas } from "../../../vault/schema-check.js";
import { vaultHeader } from "../../../vault/vault.js";
import { ExodusError } from "../../../core/errors.js";
import { repair } from "../../repair-vault.js";
import { EXIT } from "../../exit-codes.js";
import { framed } from "../../frame.js";
import { identityOf, identityOption, openIndex, vaultFolder, vaultOf, vaultOption, type VaultOptions } from "../../opened-vault.js";

interface CheckOptions extends VaultOptions {
  readonly readData?: boolean;
  readonly schema?: boolean;
  readonly repair?: boolean;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("check structure, records and the presence of every blob; with --read-data also every byte")
    .addOption(vaultOption())
    .addOption(identityOption())
    .option("--read-data", "hash every blob again")
    .option("--repair", "put right what is damaged, name what is lost, and have it read again; then check")
    .option("--schema", "judge every record by the published JSON Schemas too")
    .addHelpText("after", `
--repair deletes nothing: damaged bytes go to the owner's folder "damaged", what is whole in a damaged segment is written anew, a lost or
damaged state.sqlite is made anew. Items that are lost are named, and unreadable until the next pull or migrate reads them again (exit code 3).

Examples:
  o365-exodus vault check --read-data                 exit code 4 when something is wrong
  o365-exodus vault check --repair                    after a power cut
  o365-exodus vault check --repair --read-data        after damage to the disk
  o365-exodus vault check --vault ./vault --schema    names file, line, item and what is wrong`)
    .action(async (options: CheckOptions, command: Command) => framed(command, async (frame) => {
      const { output, stop } = frame;
      const dir = await vaultFolder(frame, options);
      // What can be told without the key is worth telling: whoever keeps the disks need not be able to read them.
      const closed = (await vaultHeader(dir)).recipients !== undefined && (await identityOf(frame, options)) === undefined;
      const access = closed ? undefined : await vaultOf(frame, options);
      if (options.repair === true && access === undefined) throw new ExodusError("VAULT_IDENTITY_MISSING", { params: { dir } });
      const lost = options.repair === true && access !== undefined ? (await repair(access, options.readData === true, output, stop.soft)).toReadAgain : 0;
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
        if (counts.problems > 0) return EXIT.different;
        return lost === 0 ? EXIT.complete : EXIT.partial;
      } finally {
        await index.close();
      }
    }));
}

/** Of an encrypted vault without its key. */
const NO_INDEX: CheckIndex & { close(): Promise<void> } = {
  find: () => Promise.resolve(undefined), findAll: () => Promise.resolve([]), adopt: () => Promise.resolve(), committedLength: () => Promise.resolve(undefined),
  relies: () => Promise.resolve(true), reliesOn: () => Promise.resolve(true), close: () => Promise.resolve(),
};

/** The schemas that come with the program. */
function schemaFolder(): string {
  return fileURLToPath(new URL("../../../../../docs/schemas/v1", import.meta.url));
}
