import type { EventEmitter } from "node:events";
import { Help, type Argument, type Command, type Option } from "commander";
import { FRENCH_RUNS } from "./french-runs.js";
import { FRENCH_TOOLS } from "./french-tools.js";
import { FRENCH_VAULT } from "./french-vault.js";

/** By its English. */
export const FRENCH: Readonly<Record<string, string>> = { ...FRENCH_RUNS, ...FRENCH_VAULT, ...FRENCH_TOOLS };
/** Commander's own. */
const TITLES: Readonly<Record<string, string>> = { "Usage:": "Usage :", "Options:": "Options :", "Commands:": "Commandes :", "Arguments:": "Arguments :" };
const ADDED: readonly (readonly [string, string])[] = [["choices: ", "au choix : "], ["default: ", "par défaut : "]];

/** Has `--help` of a command and of all below it speak French. What has no French stays English (a test finds it). */
export function speakFrench(command: Command): void {
  command.description(french(command.description())).helpOption("-h, --help", french("display help for command"));
  for (const one of [...command.options, ...command.registeredArguments]) one.description = french(one.description);
  for (const option of command.options) if (option.defaultValueDescription !== undefined) option.defaultValueDescription = french(option.defaultValueDescription);
  const after = textAfter(command);
  emitterOf(command).removeAllListeners("afterHelp");
  command.configureHelp({
    styleTitle: (title) => TITLES[title] ?? title,
    optionDescription: (option) => added(option, plain.optionDescription(option)),
    argumentDescription: (argument) => added(argument, plain.argumentDescription(argument)),
  });
  if (after !== "") command.addHelpText("after", french(after));
  if (command.commands.length > 0) command.helpCommand("help [command]", french("display help for command"));
  for (const below of command.commands) speakFrench(below);
}

/** What `addHelpText` added, which Commander keeps in a listener alone. */
export function textAfter(command: Command): string {
  let text = "";
  emitterOf(command).emit("afterHelp", { error: false, command, write: (piece: string) => { text += piece; } });
  return text.replace(/\n$/, "");
}

const plain = new Help();

/** Commander's commands are emitters of events (lib/command.js of its package), which its types do not say. */
function emitterOf(command: Command): EventEmitter {
  return command as unknown as EventEmitter;
}

function french(text: string): string {
  return FRENCH[text] ?? text;
}

/** Choices and default stand behind the description. */
function added({ description }: Option | Argument, told: string): string {
  return description + ADDED.reduce((text, [from, to]) => text.replace(from, to), told.slice(description.length));
}
