import path from "node:path";
import { Command } from "commander";
import { copyVault } from "../../copy-vault.js";
import { EXIT } from "../../exit-codes.js";
import { framed, stoppedCode } from "../../frame.js";
import { Tick } from "../../tick.js";
import { identityOf, identityOption, openIndex, vaultOf, vaultOption, type VaultOptions } from "../../opened-vault.js";

interface CopyOptions extends VaultOptions {
  readonly to: string;
  readonly recipient?: readonly string[];
  readonly plain?: boolean;
}

export function copyCommand(): Command {
  return new Command("copy")
    .description("write the vault anew into another folder: encrypted, for fewer or other recipients, or in clear")
    .requiredOption("--to <dir>", "new folder")
    .option("--recipient <recipient...>", "age recipients of the copy, age1…")
    .option("--plain", "a copy in clear")
    .addOption(vaultOption())
    .addOption(identityOption())
    .addHelpText("after", `
The copy has a key of its own, and all that the vault and its index know: name it as vault.path in the configuration, with
its recipients, and runs go on where they stood. The identity must open both; a file may hold several. The vault itself stays
as it is: delete it when the copy has passed vault check --read-data. What is deleted may still be found on the disk, and in
backups. A person's sign-in is not copied.

Examples:
  o365-exodus vault copy --to vault-encrypted --recipient "$(age-keygen -y me.txt)" --identity file:me.txt
  o365-exodus vault copy --to vault-without-paul --recipient age1me… age1anna… --identity file:me.txt`)
    .action(async (options: CopyOptions, command: Command) => {
      const { recipient: recipients = [], plain = false } = options;
      if (plain === recipients.length > 0) command.error("error: name the recipients of the copy with --recipient, or --plain for a copy in clear");
      await framed(command, async (frame) => {
        const { output, stop } = frame;
        const access = await vaultOf(frame, options);
        const to = path.resolve(options.to);
        const tick = new Tick(output, output.text.copying);
        try {
          const counts = await copyVault(access, () => openIndex(access), to, { recipients, identity: await identityOf(frame, options), signal: stop.soft, onRecord: tick.add });
          output.line(output.text.copied(counts.owners, counts.records, to));
          if (counts.lost > 0) output.line(output.text.copiedLost(counts.lost));
          output.record({ type: "vault-copy", to, recipients, ...counts });
          return EXIT.complete;
        } catch (thrown) {
          if (stop.soft.aborted) return stoppedCode(stop);
          throw thrown;
        } finally {
          tick.stop();
        }
      });
    });
}
