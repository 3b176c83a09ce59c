import { Command } from "commander";
import { lockVault } from "../../../vault/lock.js";
import { addRecipients } from "../../../vault/vault-key.js";
import { vaultHeader } from "../../../vault/vault.js";
import { ExodusError } from "../../../core/errors.js";
import { EXIT } from "../../exit-codes.js";
import { framed } from "../../frame.js";
import { identityOf, identityOption, vaultFolder, vaultOption, type VaultOptions } from "../../opened-vault.js";

export function recipientsCommand(): Command {
  const list = new Command("recipients")
    .description("who can open an encrypted vault")
    .addOption(vaultOption())
    .addHelpText("after", `
Example:
  o365-exodus vault recipients`)
    .action(async (options: VaultOptions, command: Command) => framed(command, async (frame) => {
      const dir = await vaultFolder(frame, options);
      const recipients = (await vaultHeader(dir)).recipients ?? [];
      frame.output.line(recipients.length === 0 ? frame.output.text.vaultPlain : recipients.join("\n"));
      frame.output.record({ type: "vault-recipients", recipients });
      return EXIT.complete;
    }));
  list.command("add")
    .description("let further recipients open the vault: its key is encrypted anew, nothing else")
    .argument("<recipient...>", "age recipients, age1…")
    .addOption(vaultOption())
    .addOption(identityOption())
    .addHelpText("after", `
Whoever could open the vault before still can.

Example:
  o365-exodus vault recipients add "$(age-keygen -y archivist.txt)"`)
    .action(async (added: readonly string[], _: VaultOptions, command: Command) => framed(command, async (frame) => {
      const options = command.optsWithGlobals<VaultOptions>();
      const dir = await vaultFolder(frame, options);
      if ((await vaultHeader(dir)).recipients === undefined) throw new ExodusError("VAULT_PLAIN", { params: { dir } });
      const unlock = await lockVault(dir);
      try {
        const recipients = await addRecipients(dir, await identityOf(frame, options), added);
        frame.output.line(recipients.join("\n"));
        frame.output.record({ type: "vault-recipients", recipients });
      } finally {
        await unlock();
      }
      return EXIT.complete;
    }));
  return list;
}
