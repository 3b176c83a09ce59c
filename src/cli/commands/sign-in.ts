import { Command } from "commander";
import { ExodusError } from "../../core/errors.js";
import { sourceOf } from "../../config/load.js";
import { composeSource } from "../compose.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { framed, type Frame } from "../frame.js";
import { forgetSignIn, signInFile } from "../kept-sign-in.js";

const EXAMPLES = `
Examples:
  o365-exodus sign-in            shows a code to enter on Microsoft's page, and keeps the sign-in beside the vault
  o365-exodus sign-in --json     the code as a line of JSON, for another program to show
  o365-exodus sign-in --forget   removes what is kept, before another person signs in`;

interface SignInOptions {
  readonly forget?: boolean;
}

export function signInCommand(): Command {
  return new Command("sign-in")
    .description("sign a person in by a device code (source.deviceCode), and keep that for the next runs")
    .option("--forget", "remove what is kept of the sign-in")
    .addHelpText("after", EXAMPLES)
    .action(async (options: SignInOptions, command: Command) => framed(command, (frame) => signIn(frame, options)));
}

/** Asks for the code even without a terminal: whoever calls it is there to enter it. A sign-in that still holds is not asked for again. */
async function signIn(frame: Frame, { forget = false }: SignInOptions): Promise<ExitCode> {
  const { output, stop } = frame;
  const loaded = await frame.loaded();
  if (!sourceOf(loaded).deviceCode) throw new ExodusError("CONFIG_PERSON", { params: { file: loaded.file } });
  const file = signInFile(loaded);
  if (forget) {
    await forgetSignIn(loaded);
    output.line(output.text.signInForgotten);
    output.record({ type: "sign-in-forgotten", file: file ?? null });
    return EXIT.complete;
  }
  const source = await composeSource(loaded, frame, true);
  try {
    for await (const { name } of source.owners(stop.hard)) {
      output.line(output.text.signedIn(name));
      output.line(file === undefined ? output.text.signInNotKept : output.text.signInKept(file));
      output.record({ type: "signed-in", person: name, file: file ?? null });
    }
    return EXIT.complete;
  } finally {
    await source.close();
  }
}
