import path from "node:path";
import { Command } from "commander";
import { registrationYaml } from "../../drivers/matrix/registration.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { newFile } from "../new-file.js";

interface Options {
  readonly server: string;
  readonly sender: string;
  readonly output: string;
  readonly exclusive?: boolean;
  readonly ghostsOnly?: boolean;
  readonly force?: boolean;
}

export function matrixCommand(): Command {
  const matrix = new Command("matrix").description("prepare a Matrix server (docs/targets/matrix.md)");
  matrix.command("registration")
    .description("write the registration file of the application service by which messages keep their authors and dates")
    .requiredOption("--server <name>", "name of the home server, as in @user:name")
    .option("--sender <localpart>", "account of the service itself", "o365-exodus")
    .option("--output <file>", "file to write, readable by you alone", "registration.yaml")
    .option("--exclusive", "nobody else may make accounts and rooms named m365_…")
    .option("--ghosts-only", "write as m365_… accounts only, never as anybody's own account")
    .option("--force", "overwrite an existing file")
    .addHelpText("after", `
The file holds new random tokens: give it to the server (Synapse: app_service_config_files), restart it, and name the as_token in the
configuration.

Examples:
  o365-exodus matrix registration --server mairie.example
  o365-exodus matrix registration --server mairie.example --exclusive --output /etc/matrix-synapse/o365-exodus.yaml
  o365-exodus matrix registration --server mairie.example --ghosts-only`)
    .action(async ({ server, sender, output: told, exclusive, ghostsOnly, force }: Options, command: Command) => framed(command, async ({ output }) => {
      await newFile(output, path.resolve(told), registrationYaml({ server, sender, exclusive: exclusive === true, ghostsOnly: ghostsOnly === true }), force === true);
      return EXIT.complete;
    }));
  return matrix;
}
