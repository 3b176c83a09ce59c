import { describe, expect, it } from "@jest/globals";
import type { Command } from "commander";
import { program } from "../../../src/cli/main.js";
import { FRENCH, textAfter } from "../../../src/cli/help/speak-french.js";

function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** What a command says of itself, of its options and arguments, and below them. */
function textsOf(command: Command): readonly string[] {
  const ofOptions = [...command.options, ...command.registeredArguments].flatMap(({ description, defaultValueDescription }) => [description, defaultValueDescription ?? ""]);
  return [command.description(), textAfter(command), ...ofOptions].filter((text) => text !== "");
}

describe("help in French", () => {
  it("has each text of each command, and no text that no command has", () => {
    const told = new Set(commandsOf(program("en", "0")).flatMap(textsOf));
    told.add("display help for command");
    expect({ missing: [...told].filter((text) => !Object.hasOwn(FRENCH, text)), unused: Object.keys(FRENCH).filter((text) => !told.has(text)) }).toEqual({ missing: [], unused: [] });
    expect(commandsOf(program("fr", "0")).flatMap(textsOf).filter((text) => Object.hasOwn(FRENCH, text) && FRENCH[text] !== text)).toEqual([]);
  });

  it("keeps every example and code of the English one", () => {
    for (const [english, french] of Object.entries(FRENCH)) {
      const words = (text: string): readonly string[] => [...new Set(text.match(/--[a-z][a-z-]+|o365-exodus [a-z-]+|\b\d+\b/g) ?? [])].sort();
      const lost = words(english).filter((word) => !words(french).includes(word) && !/^(?:000|100|10|200)$/.test(word));
      expect({ english, lost }).toEqual({ english, lost: [] });
    }
  });

  it("gives titles, choices and defaults their French too", () => {
    const help = (path: readonly string[]): string => path.reduce<Command>((command, name) => command.commands.find((one) => one.name() === name) ?? command, program("fr", "0")).helpInformation().replace(/\s+/g, " ");
    expect(help([])).toMatch(/^Usage : o365-exodus[^]*Options :[^]*Commandes :/);
    expect(help([])).toContain('(par défaut : "exodus.yaml")');
    expect(help(["verify"])).toMatch(/--workload <name\.\.\.> +ces contenus seulement \(au choix : "mail"/);
    expect(help(["vault", "ls"])).toMatch(/Arguments :[^]*nom d'un utilisateur, d'un groupe ou d'un site/);
    expect(help(["vault"])).toContain("affiche l'aide de la commande");
  });
});
