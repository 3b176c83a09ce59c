import { Command } from "commander";
import { checkCommand } from "./check.js";
import { rebuildCommand } from "./rebuild.js";

export function vaultCommand(): Command {
  const vault = new Command("vault").description("look into the vault and after it; needs no source, and with --vault no configuration");
  for (const command of [checkCommand(), rebuildCommand()]) vault.addCommand(command);
  return vault;
}
