import { Command } from "commander";
import { catCommand } from "./cat.js";
import { checkCommand } from "./check.js";
import { copyCommand } from "./copy.js";
import { eraseCommand } from "./erase.js";
import { exportCommand } from "./export.js";
import { grepCommand } from "./grep.js";
import { lsCommand } from "./ls.js";
import { recipientsCommand } from "./recipients.js";
import { rebuildCommand } from "./rebuild.js";

export function vaultCommand(): Command {
  const vault = new Command("vault").description("look into the vault and after it; needs no source, and with --vault no configuration");
  for (const command of [checkCommand(), rebuildCommand(), lsCommand(), catCommand(), grepCommand(), exportCommand(), copyCommand(), eraseCommand(), recipientsCommand()]) vault.addCommand(command);
  return vault;
}
