import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { ExodusError } from "../../../core/errors.js";
import type { Erasure } from "../../../vault/erasures.js";
import { bytesText } from "../../duration.js";
import { Erasing, type ErasurePlan } from "../../erase-owner.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { framed, stoppedCode, type Frame } from "../../frame.js";
import type { Output } from "../../output.js";
import { identityOption, vaultOf, vaultOption, type VaultOptions } from "../../opened-vault.js";
import { hasIndex } from "../../vault-access.js";

interface EraseOptions extends VaultOptions {
  readonly owner?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function eraseCommand(): Command {
  return new Command("erase")
    .description("remove everything of one owner from the vault for good, and keep a proof that names no content")
    .option("--owner <name>", "name or identifier of a user, group or site; without it, an erasure that was cut off is finished")
    .option("--dry-run", "only show what would go")
    .option("-y, --yes", "do not ask")
    .addOption(vaultOption())
    .addOption(identityOption())
    .addHelpText("after", `
Chats that other owners share are handed to one of them. The owner is not read again by later runs, unless \`migrate --owner NAME --again\` says so.
Only the vault is erased: not the targets, reports, exports, logs, backups, nor Microsoft 365.

Examples:
  o365-exodus vault erase --owner claire@mairie.fr --dry-run
  o365-exodus vault erase --owner claire@mairie.fr           asks first
  o365-exodus vault erase --yes                              finish what was cut off`)
    .action(async (options: EraseOptions, command: Command) => framed(command, async (frame) => {
      const access = await vaultOf(frame, options, true);
      if (!(await hasIndex(access.dir))) throw new ExodusError("VAULT_INDEX_MISSING", { params: { dir: access.dir } });
      const erasing = await Erasing.open(access, frame.stop.soft);
      try {
        return await erase(frame, erasing, options);
      } catch (thrown) {
        if (frame.stop.soft.aborted) return stoppedCode(frame.stop);
        throw thrown;
      } finally {
        await erasing.close();
      }
    }));
}

async function erase({ output, stop }: Frame, erasing: Erasing, { owner, yes, dryRun }: EraseOptions): Promise<ExitCode> {
  // What was cut off was confirmed then.
  const finished = dryRun === true ? [] : await erasing.finish();
  for (const { name: _, ...erasure } of finished) tellErased(output, erasure);
  if (owner === undefined) {
    if (finished.length === 0) output.line(output.text.nothingToFinish);
    return EXIT.complete;
  }
  if (finished.some(({ name }) => name.toLowerCase() === owner.toLowerCase())) return EXIT.complete;
  const plan = await erasing.plan(owner);
  tellPlan(output, plan, dryRun === true);
  if (dryRun === true) return EXIT.complete;
  if (yes !== true && !(await confirmed(output, plan.owner.name, stop.soft))) throw new ExodusError("VAULT_ERASE_UNCONFIRMED");
  tellErased(output, await erasing.erase(plan));
  return EXIT.complete;
}

function tellPlan(output: Output, { owner, folders, holdings, heritage }: ErasurePlan, dryRun: boolean): void {
  const { text } = output;
  output.line(text.wouldErase(owner.name, folders.join(", ")));
  for (const { workload, items, bytes } of holdings) output.line(text.eraseHolding(text.workloads[workload] ?? workload, items, bytesText(bytes)));
  const heirs = new Map<string, number>();
  for (const { heir } of heritage) heirs.set(heir.name, (heirs.get(heir.name) ?? 0) + 1);
  for (const [heir, chats] of heirs) output.line(text.eraseHeir(chats, heir));
  output.line(text.eraseElsewhere);
  output.record({ type: "vault-erase-plan", dryRun, owner: owner.id, name: owner.name, folders, workloads: holdings, heirs: [...heirs].map(([heir, chats]) => ({ heir, chats })) });
}

function tellErased(output: Output, erasure: Erasure): void {
  output.line(output.text.erasedNow(erasure.workloads.reduce((sum, { items }) => sum + items, 0), erasure.handed ?? 0, erasure.id));
  output.record({ type: "vault-erase", ...erasure });
}

/** Only where somebody sits: the name typed in full. */
async function confirmed(output: Output, name: string, signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is raw while it asks: Ctrl-C arrives here alone.
  terminal.on("SIGINT", () => process.emit("SIGINT"));
  try {
    return (await terminal.question(output.text.eraseConfirm(name), { signal })).trim().toLowerCase() === name.toLowerCase();
  } finally {
    terminal.close();
  }
}
