import { realpath } from "node:fs/promises";
import path from "node:path";
import { handOverFiles, handOverPlace } from "../../adapters/archive/index.js";
import { identitiesOf, type LoadedConfig } from "../config/load.js";
import { ExodusError, type Lang } from "../core/errors.js";
import { DiskTree } from "../drivers/disk/tree.js";
import { lossText, WORDS } from "../engine/report/words.js";
import { blockedOf, explainFailure } from "../engine/summary.js";
import type { Receiver } from "../export/handover/letter.js";
import { languageOf, writePackage, type PackageResult } from "../export/handover/package.js";
import type { TableSource } from "../export/handover/tables.js";
import { ASKS, IMPORTS } from "../platforms/imports.js";
import { PLATFORMS } from "../platforms/index.js";
import { lockVault } from "../vault/lock.js";
import { bytesText } from "./duration.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { stoppedCode, type Frame } from "./frame.js";
import { identityCheck, tellIdentities } from "./identity-findings.js";
import { knownLegs } from "./known-legs.js";
import { openHoldings } from "./opened-vault.js";
import type { Output } from "./output.js";
import { peopleOf } from "./save-rights.js";
import { gapRows, printGaps } from "./source-gaps.js";
import { tellFindings } from "./tell-routes.js";
import { allTargets } from "./targets/documents.js";
import { Tick } from "./tick.js";
import { programVersion } from "./version.js";
import { vaultAccess } from "./vault-access.js";
import { configuredIdentity, vaultDir } from "./workspace.js";

export interface HandOverOptions {
  readonly to: string;
  readonly for: string;
  readonly target?: string;
  readonly partSize: number;
  /** Asked for on the command line. */
  readonly lang: Lang | undefined;
}

/** Writes the next package. Nobody writes to vault or archive meanwhile: the vault is locked. */
export async function handOver(frame: Frame, options: HandOverOptions): Promise<ExitCode> {
  const { output, stop } = frame;
  const loaded = await frame.loaded();
  const { target, folder } = archiveOf(loaded, options.target);
  for (const other of [folder, vaultDir(loaded)]) if (await areNested(options.to, other)) throw new ExodusError("HANDOVER_PLACE", { params: { dir: options.to } });
  // Sentences in tables and pages are content: a package is not another one because a schedule has no terminal.
  const lang = options.lang ?? (await languageOf(options.to)) ?? output.lang;
  const { id: vault } = await vaultAccess(vaultDir(loaded), () => configuredIdentity(loaded));
  const unlock = await lockVault(vaultDir(loaded));
  const tick = new Tick(output, output.text.exportingFiles);
  let failures = 0;
  try {
    const { holdings, state, close } = await openHoldings(frame, {});
    try {
      const pass = await state.lastPass();
      if (pass === undefined) throw new ExodusError("HANDOVER_EMPTY", { params: { dir: folder } });
      const { blocked, ...source } = await tableSource(frame, loaded, target, lang, { holdings, state });
      const receivers = { en: await receiverOf(options.for, "en"), fr: await receiverOf(options.for, "fr") };
      const result = await writePackage({
        ...source, dir: options.to, receiver: options.for, vault, target, archive: folder, agent: `o365-exodus ${programVersion()}`, asOf: pass.completedAt, partSize: options.partSize,
        files: handOverFiles(new DiskTree(folder), lang), signal: stop.soft, onFile: tick.add,
        receiverIn: (lang) => receivers[lang], wordsIn: (lang) => ({ lossText: (reason) => lossText(reason, lang), workload: (name) => (WORDS[lang].workloads as Readonly<Record<string, string>>)[name] ?? name }),
        onRefused: (file) => {
          failures += 1;
          output.line(output.text.handoverRefused(file));
          output.record({ type: "handover-refused", path: file });
        },
        onFailure: (thrown) => {
          failures += 1;
          output.error(thrown);
        },
      });
      return tell(output, options, result, failures + blocked);
    } finally {
      await close();
    }
  } catch (thrown) {
    if (!stop.soft.aborted) throw thrown;
    output.line(output.text.goOn(`o365-exodus handover --for ${options.for} --to ${options.to}`));
    return stoppedCode(stop);
  } finally {
    tick.stop();
    await unlock();
  }
}

function tell(output: Output, { for: receiver, to }: HandOverOptions, { number, written, tables: { items, missing } }: PackageResult, failures: number): ExitCode {
  const code = codeOf(failures, items);
  if (written === undefined) {
    output.line(output.text.handoverSame(number, to));
    output.record({ type: "handover", for: receiver, package: number, unchanged: true });
    if (code !== EXIT.complete) output.line(output.text.handoverItems(items.delivered, items.kept, items.skipped, items.failed, items.pending));
    return code;
  }
  const { dir, sums, content } = written;
  output.line(output.text.handedOver(dir, content.written, bytesText(content.writtenBytes), content.parts));
  if (number > 1) output.line(output.text.handoverDelta(content.added, content.changed, content.gone));
  output.line(output.text.handoverItems(items.delivered, items.kept, items.skipped, items.failed, items.pending));
  output.line(output.text.handoverSums(sums));
  output.record({ type: "handover", for: receiver, package: number, unchanged: false, dir, sums, ...content, items, missing });
  return code;
}

/** By what the packages lack, whether or not one was written now. `failures`: what could not be read of archive and vault, and what kept units from being read at the source. */
export function codeOf(failures: number, { failed, pending }: PackageResult["tables"]["items"]): ExitCode {
  return failures + failed + pending > 0 ? EXIT.partial : EXIT.complete;
}

async function tableSource({ output }: Frame, loaded: LoadedConfig, target: string, lang: Lang, { holdings, state }: Pick<Awaited<ReturnType<typeof openHoldings>>, "holdings" | "state">): Promise<TableSource & { readonly blocked: number }> {
  const { legs, mistaken, ...gaps } = await knownLegs(loaded, state, {});
  tellFindings(output, gaps);
  const ours = legs.filter(({ targets }) => targets.some(({ name }) => name === target));
  const units = ours.map(({ owner, workload }) => ({ owner: owner.id, workload, target, of: owner }));
  const blockedAt = await blockedOf(state, lang);
  const blocked = units.flatMap((unit) => blockedAt(unit).map(({ code, message, remedy }) => [unit.of.name, unit.workload, code, message, remedy, ""] as const));
  printGaps(output, loaded, gaps);
  const closed = gapRows(loaded, gaps, lang).map(({ workload, what, source }) => ["", workload, "", what, "", source] as const);
  tellIdentities(output, mistaken);
  const refused = mistaken.map((finding) => {
    const { code, message, advice } = identityCheck(finding, lang);
    return [finding.sources.join(", "), "", code, message, advice ?? "", ""] as const;
  });
  const owners = await holdings.owners();
  const identities = await identitiesOf(loaded);
  return {
    holdings, owners, people: await peopleOf(loaded, owners, target),
    identities: { everyone: () => identities.everyone(), account: (whom) => identities.account(whom, target), kind: (whom) => identities.kind(whom) },
    units, standing: (unit) => state.standing(unit),
    placeOf: ({ container, ref }) => handOverPlace(container, ref), notRead: [...blocked, ...refused, ...closed], blocked: blocked.length + refused.length, explain: (failure) => explainFailure(failure, lang).message, lossText: (reason) => lossText(reason, lang), lang,
  };
}

/** The target that the package is made of. @throws ExodusError HANDOVER_TARGET. */
function archiveOf({ config, baseDir }: LoadedConfig, wanted: string | undefined): { readonly target: string; readonly folder: string } {
  const routed = [...new Set(config.routes.flatMap(({ to }) => to))].filter((name) => config.targets[name] !== undefined);
  const found = routed.filter((name) => config.targets[name]?.adapter === "archive" && (wanted === undefined || name === wanted));
  const [target] = found;
  const folder = target === undefined ? undefined : (config.targets[target] as Readonly<Record<string, unknown>>)["path"];
  if (target === undefined || found.length > 1 || typeof folder !== "string") throw new ExodusError("HANDOVER_TARGET", { params: { known: routed.map((name) => `${name} (${config.targets[name]?.adapter ?? "?"})`).join(", ") } });
  return { target, folder: path.resolve(baseDir, folder) };
}

/** Whether one of two folders stands in the other, wherever links lead. */
async function areNested(one: string, other: string): Promise<boolean> {
  const [a, b] = [`${await realOf(one)}${path.sep}`, `${await realOf(other)}${path.sep}`];
  return a.startsWith(b) || b.startsWith(a);
}

async function realOf(dir: string): Promise<string> {
  return realpath(dir).catch(async () => (path.dirname(dir) === dir ? dir : path.join(await realOf(path.dirname(dir)), path.basename(dir))));
}

/** What `o365-exodus targets` and the platform's page tell of what is handed over as files. */
async function receiverOf(name: string, lang: Lang): Promise<Receiver> {
  const row = (await allTargets()).find((one) => one.name === name);
  const platform = PLATFORMS.find((one) => one.name === name);
  const facts = IMPORTS[name] ?? { known: [], asks: [] };
  const cells = (row?.cells ?? []).flatMap(({ workload, support, note, cite }) => (support === "package" && note !== undefined ? [{ of: WORDS[lang].workloads[workload], text: note[lang], cite }] : []));
  return {
    title: platform?.title ?? name, page: platform?.page ?? "docs/targets.md",
    known: [...facts.known.map(({ text, cite }) => ({ of: "", text: text[lang], cite })), ...cells], asks: [...ASKS, ...facts.asks].map((one) => one[lang]),
  };
}
