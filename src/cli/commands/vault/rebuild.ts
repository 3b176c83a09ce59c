import { Command } from "commander";
import { ExodusError } from "../../../core/errors.js";
import { EXIT } from "../../exit-codes.js";
import { framed } from "../../frame.js";
import { rebuildIndex } from "../../rebuild-index.js";
import { identityOption, vaultOf, vaultOption, type VaultOptions } from "../../opened-vault.js";
import { hasIndex } from "../../vault-access.js";

export function rebuildCommand(): Command {
  return new Command("rebuild")
    .description("make the index (state.sqlite) anew from segments and records alone, when it is lost or damaged")
    .addOption(vaultOption())
    .addOption(identityOption())
    .addHelpText("after", `
What only the index knew is gone: what the targets have, and where the source's changes were read up to. Targets that can find
what stands there already take nothing twice.

Example:
  mv vault/state.sqlite state.sqlite.damaged && o365-exodus vault rebuild`)
    .action(async (options: VaultOptions, command: Command) => framed(command, async (frame) => {
      const { output, stop } = frame;
      const access = await vaultOf(frame, options);
      if (await hasIndex(access.dir)) throw new ExodusError("VAULT_INDEX_EXISTS", { params: { dir: access.dir } });
      const counts = await rebuildIndex(access, stop.soft);
      output.line(output.text.rebuilt(counts.owners, counts.records, counts.blobs));
      output.record({ type: "vault-rebuild", ...counts });
      if (counts.leftOut === 0) return EXIT.complete;
      output.line(output.text.rebuiltLeftOut(counts.leftOut));
      return EXIT.partial;
    }));
}
