import path from "node:path";
import { Command, Option } from "commander";
import { PLATFORMS } from "../../platforms/index.js";
import { framed, type CommonOptions } from "../frame.js";
import { handOver, type HandOverOptions } from "../hand-over.js";
import { parseSize } from "../size.js";

/** An ordinary zip file holds less than 4 GiB (APPNOTE.TXT, 4.4.1.4: sizes of 32 bits). */
const PART = 4 * 2 ** 30 - 2 ** 20;

export function handoverCommand(): Command {
  return new Command("handover")
    .description("make a package for a vendor's import team of what the archive target holds: files, who is who, rights, losses, checksums, a letter")
    .requiredOption("--to <dir>", "folder of the packages, 001, 002 …")
    .addOption(new Option("--for <platform>", "who receives it").choices(PLATFORMS.map(({ name }) => name)).makeOptionMandatory())
    .option("--target <name>", "the target of adapter archive, when there are several")
    .addOption(new Option("--part-size <size>", "most bytes of a part").argParser(parseSize).default(PART, "4 GiB less 1 MiB, what an ordinary zip file takes"))
    .addHelpText("after", `
The first run writes package 001, everything; later ones the next package, with what is new or changed since, and delta.csv, which also
names what is gone. Nothing has changed: nothing is written. Cut off (INCOMPLETE.txt stands in it): run the same command again.
Run \`migrate\` and \`verify\` before. The package is in clear. Layout: docs/handover.md.

Examples:
  o365-exodus handover --for wimi --to ./remise-wimi
  o365-exodus handover --for jalios --to ./remise --part-size 2GB --lang fr
  (cd remise/001 && sha256sum -c --quiet SHA256SUMS)`)
    .action(async (options: HandOverOptions, command: Command) => framed(command, (frame) => handOver(frame, { ...options, to: path.resolve(options.to), lang: command.optsWithGlobals<CommonOptions>().lang })));
}
