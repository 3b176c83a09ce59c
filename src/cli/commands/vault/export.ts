import path from "node:path";
import { Command } from "commander";
import { bagVault } from "../../bag-vault.js";
import { exportMail, type MailForm } from "../../../export/mail-export.js";
import { finishExport, openExportFolder } from "../../../export/export-folder.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { framed, stoppedCode, type Frame } from "../../frame.js";
import { Tick } from "../../tick.js";
import { identityOption, openHoldings, vaultOf, vaultOption, type VaultOptions } from "../../opened-vault.js";

interface ExportOptions extends VaultOptions {
  readonly maildir?: string;
  readonly mbox?: string;
  readonly bagit?: string;
  readonly owner?: readonly string[];
}

export function exportCommand(): Command {
  return new Command("export")
    .description("write the vault's mail for other mail programs (Maildir, mbox), or the whole vault as a bag for an archive (BagIt)")
    .option("--maildir <dir>", "new folder of Maildir folders: bytes as received; read, flagged and draft in the names")
    .option("--mbox <dir>", "new folder of mbox files (mboxrd): state in Status, X-Status and X-Keywords")
    .option("--bagit <dir>", "new folder, a bag of the vault's own files (RFC 8493)")
    .option("--owner <name...>", "only these owners")
    .addOption(vaultOption())
    .addOption(identityOption())
    .addHelpText("after", `
An export is written into a new folder; one that was cut off is to be deleted and made again.

Examples:
  o365-exodus vault export --mbox ./mbox --owner claire@mairie.fr
  o365-exodus vault export --vault ./vault --bagit ./deposit`)
    .action(async (options: ExportOptions, command: Command) => {
      const { maildir, mbox, bagit } = options;
      if (maildir === undefined && mbox === undefined && bagit === undefined) command.error("error: name a form: --maildir, --mbox or --bagit");
      await framed(command, async (frame) => {
        let exit: ExitCode = EXIT.complete;
        const forms: readonly [MailForm, string | undefined][] = [["maildir", maildir], ["mbox", mbox]];
        for (const [form, dir] of forms) if (dir !== undefined && !frame.stop.soft.aborted) exit = worse(exit, await writeMail(frame, form, path.resolve(dir), options));
        if (bagit !== undefined && !frame.stop.soft.aborted) exit = worse(exit, await writeBag(frame, path.resolve(bagit), options));
        return frame.stop.soft.aborted ? stoppedCode(frame.stop) : exit;
      });
    });
}

function worse(one: ExitCode, other: ExitCode): ExitCode {
  return one === EXIT.complete ? other : one;
}

async function writeMail(frame: Frame, form: MailForm, dir: string, options: ExportOptions): Promise<ExitCode> {
  const { output, stop } = frame;
  const { holdings, close } = await openHoldings(frame, options);
  const tick = new Tick(output, output.text.exporting);
  try {
    const owners = await holdings.owners(options.owner);
    const tree = await openExportFolder(dir);
    const counts = await exportMail(form, {
      holdings, owners, tree, signal: stop.soft, onMessage: tick.add,
      onFailure: (id, thrown) => {
        output.error(thrown);
        output.record({ type: "export-failed", form, id });
      },
    });
    if (stop.soft.aborted) return stoppedCode(stop);
    await finishExport(tree);
    const leftOut = Object.entries(counts.leftOut);
    output.line(output.text.exportedMail(counts.messages, counts.folders, dir));
    if (counts.withLosses > 0) output.line(output.text.exportLosses(counts.withLosses));
    if (leftOut.length > 0) output.line(output.text.exportLeftOut(leftOut.map(([workload, items]) => `${output.text.workloads[workload] ?? workload} ${items}`).join(", ")));
    output.record({ type: "export", form, dir, ...counts });
    return counts.failed > 0 ? EXIT.partial : EXIT.complete;
  } finally {
    tick.stop();
    await close();
  }
}

async function writeBag(frame: Frame, dir: string, options: ExportOptions): Promise<ExitCode> {
  const { output, stop } = frame;
  const tick = new Tick(output, output.text.exportingFiles);
  try {
    const counts = await bagVault(await vaultOf(frame, options), dir, { owners: options.owner, signal: stop.soft, onFile: tick.add });
    output.line(output.text.exportedBag(counts.files, dir));
    output.record({ type: "export", form: "bagit", dir, ...counts });
    return EXIT.complete;
  } catch (thrown) {
    if (stop.soft.aborted) return stoppedCode(stop);
    throw thrown;
  } finally {
    tick.stop();
  }
}
