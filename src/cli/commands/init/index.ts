import path from "node:path";
import { Command } from "commander";
import { EXIT } from "../../exit-codes.js";
import { framed, type CommonOptions } from "../../frame.js";
import { newFile } from "../../new-file.js";
import { starterConfig } from "../../starter-config.js";
import { identitiesCommand } from "./identities.js";
import { provisioningCommand } from "./provisioning.js";

export function initCommand(): Command {
  return new Command("init")
    .description("write a commented exodus.yaml to start from")
    .option("--force", "overwrite an existing file")
    .addHelpText("after", "\nExamples:\n  o365-exodus init --lang fr && o365-exodus doctor\n  o365-exodus init identities --out identities.csv\n  o365-exodus init provisioning")
    .addCommand(identitiesCommand())
    .addCommand(provisioningCommand())
    .action(async (options: { readonly force?: boolean }, command: Command) => framed(command, async ({ output }) => {
      await newFile(output, path.resolve(command.optsWithGlobals<CommonOptions>().config), starterConfig(output.lang), options.force === true);
      return EXIT.complete;
    }));
}
