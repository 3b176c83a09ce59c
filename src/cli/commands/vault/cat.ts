import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command, Option } from "commander";
import type { MessageForm } from "../../../convert/message/message.js";
import { ExodusError } from "../../../core/errors.js";
import { WORKLOADS } from "../../../core/item.js";
import { readable } from "../../../export/readable.js";
import { EXIT } from "../../exit-codes.js";
import { framed, stoppedCode } from "../../frame.js";
import { identityOption, openHoldings, vaultOption, type VaultOptions } from "../../opened-vault.js";

interface CatOptions extends VaultOptions {
  readonly owner?: string;
  readonly workload?: string;
  readonly record?: boolean;
  readonly part?: string;
  readonly as?: MessageForm;
}

export function catCommand(): Command {
  return new Command("cat")
    .description("one item's bytes as they are kept (message, calendar object, card, file); what has none gives its record")
    .argument("<item>", "identifier, as `vault ls` and `vault grep` print it")
    .addOption(vaultOption())
    .addOption(identityOption())
    .option("--owner <name>", "when several items are called so")
    .addOption(new Option("--workload <name>", "when several items are called so").choices(WORKLOADS))
    .option("--record", "what the bytes do not tell, as JSON")
    .option("--part <sha256>", "another content that the record names: an older version, a picture, an attached file")
    .addOption(new Option("--as <form>", "a message of a channel or chat made readable: nothing in it can run, mentions, quotes and cards are shown").choices(["html", "markdown", "text"]).conflicts(["record", "part"]))
    .addHelpText("after", `
Examples:
  o365-exodus vault cat AAMkAGI1 > message.eml
  o365-exodus vault cat AAMkAGI1 --record
  o365-exodus vault cat 19:f2@thread.v2/1768204684310 --as markdown`)
    .action(async (id: string, options: CatOptions, command: Command) => framed(command, async (frame) => {
      const { output } = frame;
      const { holdings, close } = await openHoldings(frame, options);
      try {
        const stored = await holdings.find(id, options);
        const item = await holdings.record(stored);
        if (options.as !== undefined) {
          const { text, losses } = await readable(holdings, item, options.as, output.lang);
          if (output.options.json) output.record({ type: "message", form: options.as, text, losses });
          else process.stdout.write(`${text}\n`);
          return EXIT.complete;
        }
        if (output.options.json) {
          output.record({ type: "item", ...item });
          return EXIT.complete;
        }
        const blob = options.part === undefined ? item.body : item.parts.find(({ sha256 }) => sha256 === options.part);
        if (options.part !== undefined && blob === undefined) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256: options.part } });
        if (blob === undefined || options.record === true) process.stdout.write(`${JSON.stringify(item.record, null, 2)}\n`);
        else await pipeline(Readable.from(holdings.bytes(stored.key.owner, blob)), process.stdout, { end: false });
        return EXIT.complete;
      } catch (thrown) {
        if (frame.stop.soft.aborted) return stoppedCode(frame.stop);
        throw thrown;
      } finally {
        await close();
      }
    }));
}
