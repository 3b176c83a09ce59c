import { Command, Option } from "commander";
import { WORKLOADS, type WorkloadName } from "../../../core/item.js";
import { pathText } from "../../../export/holdings.js";
import { bodyHas, fieldWith, folded } from "../../../export/search.js";
import { shownText } from "../../../lib/shown-text.js";
import { EXIT } from "../../exit-codes.js";
import { framed, stoppedCode } from "../../frame.js";
import { Tick } from "../../tick.js";
import { identityOption, openHoldings, vaultOption, type VaultOptions } from "../../opened-vault.js";

interface GrepOptions extends VaultOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly body?: boolean;
}

export function grepCommand(): Command {
  return new Command("grep")
    .description("find items by subject, sender, title or file name, without regard to case and accents")
    .argument("<text>", "what to look for")
    .addOption(vaultOption())
    .addOption(identityOption())
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .option("--body", "also in bodies that are text: messages (those above 16 MiB as they are encoded), events, cards, pages, plain files")
    .addHelpText("after", `
Examples:
  o365-exodus vault grep seance
  o365-exodus vault grep "marché 2026" --workload mail --body --json`)
    .action(async (text: string, options: GrepOptions, command: Command) => framed(command, async (frame) => {
      const { output, stop } = frame;
      const { holdings, close } = await openHoldings(frame, options);
      const tick = new Tick(output, output.text.looked);
      const needle = folded(text);
      let [looked, found, failed] = [0, 0, 0];
      try {
        for (const owner of await holdings.owners(options.owner)) {
          for (const { workload } of await holdings.tallies(owner)) {
            if (options.workload !== undefined && !options.workload.includes(workload)) continue;
            for await (const stored of holdings.items({ workload, owner: owner.id })) {
              if (stop.soft.aborted) return stoppedCode(stop);
              looked += 1;
              tick.add();
              try {
                const item = await holdings.record(stored);
                const where = fieldWith(needle, item) ?? (options.body === true && (await bodyHas(needle, item, holdings)) ? "body" : undefined);
                if (where === undefined) continue;
                found += 1;
                const folder = pathText(await holdings.pathOf(stored));
                output.line(`${shownText(`${owner.name}  ${workload}  ${folder}  ${stored.title}`)}  [${where}]  ${stored.key.id}`);
                output.record({ type: "found", owner: owner.name, workload, folder, id: stored.key.id, title: stored.title, where });
              } catch (thrown) {
                failed += 1;
                output.error(thrown);
              }
            }
          }
        }
        output.line(output.text.found(found, looked));
        output.record({ type: "grep", found, looked, failed });
        return failed > 0 ? EXIT.partial : EXIT.complete;
      } finally {
        tick.stop();
        await close();
      }
    }));
}
