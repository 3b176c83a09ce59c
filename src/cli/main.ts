import { Command, CommanderError, Option } from "commander";
import { auditCommand } from "./commands/audit.js";
import { demoCommand } from "./commands/demo.js";
import { doctorCommand } from "./commands/doctor.js";
import { handoverCommand } from "./commands/handover.js";
import { initCommand } from "./commands/init/index.js";
import { matrixCommand } from "./commands/matrix.js";
import { migrateCommands } from "./commands/migrate.js";
import { planCommand } from "./commands/plan.js";
import { reportCommand } from "./commands/report.js";
import { retryCommand } from "./commands/retry.js";
import { rollbackCommand } from "./commands/rollback.js";
import { sandboxCommand } from "./commands/sandbox.js";
import { signInCommand } from "./commands/sign-in.js";
import { statusCommand } from "./commands/status.js";
import { targetsCommand } from "./commands/targets.js";
import { vaultCommand } from "./commands/vault/index.js";
import { verifyCommand } from "./commands/verify.js";
import type { Lang } from "../core/errors.js";
import { EXIT } from "./exit-codes.js";
import { chooseLang } from "./frame.js";
import { speakFrench } from "./help/speak-french.js";
import { onReaderGone } from "./reader-gone.js";
import { programVersion } from "./version.js";

const EXIT_HELP = `
Exit codes: 0 complete; 1 internal error; 2 usage; 3 complete with failed items; 4 verification found differences;
10 configuration; 11 vault locked; 12 vault version; 13 credential or consent; 14 target refused; 15 disk full;
75 stopped on purpose (run again to go on); 130 interrupted (run again to go on).`;

/** The program with all its commands; `--help` of each gives examples, in that language. */
export function program(lang: Lang, version: string): Command {
  const root = new Command("o365-exodus")
    .description("Leave Microsoft 365: read a tenant through Microsoft Graph, keep it in an open vault, write it to open targets.")
    .version(version)
    .option("-c, --config <file>", "configuration file", "exodus.yaml")
    .option("--json", "one JSON object per line on stdout; sentences go to stderr")
    .addOption(new Option("--lang <lang>", "language of sentences and reports").choices(["fr", "en"]))
    .addOption(new Option("--log-level <level>", "how much to tell of internal failures").choices(["error", "info", "debug"]).default("info"))
    .option("-q, --quiet", "errors only")
    .addHelpText("after", EXIT_HELP)
    .showHelpAfterError("(--help shows the options / --help montre les options)");
  const commands = [
    initCommand(), signInCommand(), doctorCommand(), auditCommand(), planCommand(), ...migrateCommands(), retryCommand(), statusCommand(), verifyCommand(), reportCommand(), rollbackCommand(), handoverCommand(), vaultCommand(), matrixCommand(), targetsCommand(), sandboxCommand(), demoCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  for (const command of [root, ...commands, ...commands.flatMap((entry) => entry.commands), ...commands.flatMap((entry) => entry.commands.flatMap((inner) => inner.commands))]) command.exitOverride();
  if (lang === "fr") speakFrench(root);
  return root;
}

/** Help is made before options are read. */
function langOf(argv: readonly string[]): Lang {
  const told = argv.map((word, at) => (word === "--lang" ? argv[at + 1] : /^--lang=(.*)$/.exec(word)?.[1])).find((lang) => lang === "fr" || lang === "en");
  return chooseLang(told);
}

/** Runs the command line; answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // Help is printed before any command is there to stop.
  onReaderGone(() => undefined);
  try {
    await program(langOf(argv), programVersion()).parseAsync(argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.complete : EXIT.usage;
    throw thrown;
  }
  return Number(process.exitCode ?? EXIT.complete);
}
