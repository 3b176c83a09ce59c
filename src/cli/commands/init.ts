import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { ExodusError } from "../../core/errors.js";
import { EXIT } from "../exit-codes.js";
import { framed, type CommonOptions } from "../frame.js";
import { starterConfig } from "../starter-config.js";

export function initCommand(): Command {
  return new Command("init")
    .description("write a commented exodus.yaml to start from")
    .option("--force", "overwrite an existing file")
    .addHelpText("after", "\nExample:\n  o365-exodus init --lang fr && o365-exodus doctor")
    .action(async (options: { readonly force?: boolean }, command: Command) => framed(command, async ({ output }) => {
      const file = path.resolve(command.optsWithGlobals<CommonOptions>().config);
      try {
        await writeFile(file, starterConfig(output.lang), { flag: options.force === true ? "w" : "wx", mode: 0o600 });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw new ExodusError("CONFIG_EXISTS", { params: { file }, cause });
        throw cause;
      }
      output.line(output.text.written(file));
      output.record({ type: "written", file });
      return EXIT.complete;
    }));
}
