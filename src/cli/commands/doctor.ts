import { Command } from "commander";
import ora from "ora";
import type { CheckResult, FoundOwner } from "../../core/source.js";
import { hasChoices } from "../../config/schema.js";
import { explain } from "../../engine/audit.js";
import { collected } from "../../lib/collected.js";
import { checkVaultKey } from "../check-vault-key.js";
import { composeAdapters, composeSource } from "../compose.js";
import { EXIT, exitCodeOfCode, type ExitCode } from "../exit-codes.js";
import { framed, type Frame } from "../frame.js";
import { identityCheck, identityFindings } from "../identity-findings.js";
import { composeLegs, wantedOwners } from "../legs.js";
import { withPlacements } from "../standing.js";
import { routeChecks } from "../tell-routes.js";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("check sign-in, consents, the identity map, who goes where, the reachability of every target and what opens an encrypted vault, with the remedy for what is missing")
    .option("--owners", `ask the mailbox of every owner of the configuration, not of the first ${MAILBOXES} only`)
    .addHelpText("after", "\nExample:\n  o365-exodus doctor --owners --lang fr")
    .action(async (options: DoctorOptions, command: Command) => framed(command, (frame) => doctor(frame, options)));
}

interface DoctorOptions {
  readonly owners?: boolean;
}

/** Mailboxes asked one by one unless all are wanted: some seconds, in a tenant of any size. */
const MAILBOXES = 200;

/** Prints one line a check; the first failed check decides the exit code. */
export async function doctor(frame: Frame, { owners: all = false }: DoctorOptions = {}): Promise<ExitCode> {
  const { output, stop, governor } = frame;
  const loaded = await frame.loaded();
  let exit: ExitCode = EXIT.complete;
  const show = (where: string, check: CheckResult): void => {
    const { ok, notOk, note, remedy } = output.text;
    output.line(`${check.ok ? (check.advice === undefined ? ok : note) : notOk}  ${where}: ${check.subject}: ${check.message}`);
    if (check.advice !== undefined) output.line(`    ${remedy} ${check.advice}`);
    output.record({ type: "check", where, ...check });
    if (!check.ok && exit === EXIT.complete) exit = failing(check.code);
  };
  await watched(frame, "vault", checkVaultKey(loaded, output.text), show);
  const source = await composeSource(loaded, frame);
  let listed: Promise<readonly FoundOwner[]> | undefined;
  const owners = (): Promise<readonly FoundOwner[]> => (listed ??= collected(source.owners(stop.hard)));
  try {
    await watched(frame, source.name, source.check({ wants: wantedOwners(loaded), most: all ? Infinity : MAILBOXES }, stop.hard), show);
    if (exit === EXIT.complete && loaded.config.identities !== undefined) await watched(frame, "identities", checkMap(frame, owners), show);
    if (exit === EXIT.complete && hasChoices(loaded.config)) await watched(frame, output.text.routes, checkRoutes(frame, owners), show);
  } finally {
    await source.close();
  }
  for (const [name, adapter] of await composeAdapters(loaded, governor, output.lang)) {
    await watched(frame, name, adapter.check(stop.hard), show);
    await adapter.close();
  }
  return exit;
}

/** The identity map beside whom the source has. */
async function* checkMap({ output, loaded }: Frame, owners: () => Promise<readonly FoundOwner[]>): AsyncIterable<CheckResult> {
  const findings = await identityFindings(await loaded(), await owners());
  if (findings.length === 0) yield { subject: "identities", ok: true, code: "IDENTITIES", message: output.text.identitiesOk };
  for (const finding of findings) yield identityCheck(finding, output.lang);
}

/** Who goes where; a group that is not there, or empty, is a failed check. */
async function* checkRoutes(frame: Frame, owners: () => Promise<readonly FoundOwner[]>): AsyncIterable<CheckResult> {
  const [loaded, listed] = [await frame.loaded(), await owners()];
  yield* routeChecks(frame.output, loaded.config, await withPlacements(loaded, (placements) => composeLegs(loaded, listed, { placements })));
}

/** A check that throws is a failed check: the others still run. */
async function watched(frame: Frame, where: string, checks: AsyncIterable<CheckResult>, show: (where: string, check: CheckResult) => void): Promise<void> {
  const spinner = frame.output.live ? ora({ text: where, stream: process.stderr }).start() : undefined;
  try {
    for await (const check of checks) {
      spinner?.clear();
      show(where, check);
    }
  } catch (thrown) {
    spinner?.clear();
    const { code, message, remedy } = explain(thrown, frame.output.lang);
    show(where, { subject: where, ok: false, code, message, advice: remedy });
  } finally {
    spinner?.stop();
  }
}

function failing(code: string): ExitCode {
  const exit = exitCodeOfCode(code);
  return exit === EXIT.internal ? EXIT.configuration : exit;
}
