import { Argument, Command } from "commander";
import type { Owner, WorkloadName } from "../../../core/item.js";
import { WORKLOADS } from "../../../core/item.js";
import { pathText, type Holdings } from "../../../export/holdings.js";
import { shownText } from "../../../lib/shown-text.js";
import { bytesText } from "../../duration.js";
import { EXIT } from "../../exit-codes.js";
import { framed, stoppedCode, type Frame } from "../../frame.js";
import { identityOption, openHoldings, vaultOption, type VaultOptions } from "../../opened-vault.js";

export function lsCommand(): Command {
  return new Command("ls")
    .description("what the vault holds: owners; an owner's workloads; a workload's folders; a folder's items with their identifiers")
    .argument("[owner]", "name of a user, group or site")
    .addArgument(new Argument("[workload]", "kind of content").choices(WORKLOADS))
    .argument("[folder]", "folder as `vault ls OWNER WORKLOAD` prints it")
    .addOption(vaultOption())
    .addOption(identityOption())
    .addHelpText("after", `
Examples:
  o365-exodus vault ls
  o365-exodus vault ls claire@mairie.fr mail
  o365-exodus vault ls claire@mairie.fr mail "Boîte de réception/Projets"`)
    .action(async (owner: string | undefined, workload: WorkloadName | undefined, folder: string | undefined, options: VaultOptions, command: Command) => framed(command, async (frame) => {
      const { holdings, close } = await openHoldings(frame, options);
      try {
        const owners = await holdings.owners(owner === undefined ? undefined : [owner]);
        if (owner === undefined) await listOwners(frame, holdings, owners);
        for (const one of owner === undefined ? [] : owners) {
          if (workload === undefined) await listWorkloads(frame, holdings, one);
          else if (folder === undefined) await listFolders(frame, holdings, one, workload);
          else await listItems(frame, holdings, one, workload, folder);
        }
        return frame.stop.soft.aborted ? stoppedCode(frame.stop) : EXIT.complete;
      } finally {
        await close();
      }
    }));
}

async function listOwners({ output, stop }: Frame, holdings: Holdings, owners: readonly Owner[]): Promise<void> {
  for (const owner of owners) {
    if (stop.soft.aborted) return;
    const workloads = Object.fromEntries((await holdings.tallies(owner)).map(({ workload, items }) => [workload, items]));
    output.line(`${shownText(owner.name)}  ${owner.kind}  ${Object.entries(workloads).map(([workload, items]) => `${workload} ${items}`).join(", ")}`);
    output.record({ type: "owner", ...owner, workloads });
  }
}

async function listWorkloads({ output }: Frame, holdings: Holdings, owner: Owner): Promise<void> {
  for (const { workload, items } of await holdings.tallies(owner)) {
    output.line(`${workload}  ${items}`);
    output.record({ type: "workload", owner: owner.name, workload, items });
  }
}

async function listFolders({ output, stop }: Frame, holdings: Holdings, owner: Owner, workload: WorkloadName): Promise<void> {
  for await (const folder of holdings.folders({ workload, owner: owner.id })) {
    if (stop.soft.aborted) return;
    const items = await holdings.tallyOf(folder);
    output.line(`${shownText(pathText(folder.path))}  ${items}`);
    output.record({ type: "folder", owner: owner.name, workload, folder: pathText(folder.path), path: folder.path, id: folder.id, items });
  }
}

async function listItems({ output, stop }: Frame, holdings: Holdings, owner: Owner, workload: WorkloadName, text: string): Promise<void> {
  const folder = await holdings.folder({ workload, owner: owner.id }, text);
  for await (const { key, title, size } of holdings.items(folder, folder.id)) {
    if (stop.soft.aborted) return;
    output.line(`${key.id}  ${bytesText(size)}  ${shownText(title)}`);
    output.record({ type: "item", owner: owner.name, workload, folder: pathText(folder.path), id: key.id, title, size });
  }
}
