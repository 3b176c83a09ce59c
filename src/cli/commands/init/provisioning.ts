import path from "node:path";
import { Command, Option } from "commander";
import { asExodusError, ExodusError } from "../../../core/errors.js";
import type { DirectoryPerson, ReadContext, Source } from "../../../core/source.js";
import type { IdentityMap } from "../../../config/identities.js";
import { anothersLine, type IdentityFinding } from "../../../config/identity-checks.js";
import { kindOf, suggested } from "../../../config/identity-merge.js";
import { identitiesOf } from "../../../config/load.js";
import { PEOPLE_FORMS } from "../../../export/people-forms.js";
import { writeProvisioning, type ProvisionedUser } from "../../../export/provisioning.js";
import { DirectoryGroupRecord } from "../../../format/directory.js";
import { composeSource } from "../../compose.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { framed, type Frame } from "../../frame.js";
import { tellIdentities } from "../../identity-findings.js";
import { reportFolder } from "../../report-files.js";

export function provisioningCommand(): Command {
  return new Command("provisioning")
    .description("write users.csv, groups.csv and members.csv from the directory, for a target's own import of accounts and groups")
    .option("--out <folder>", "where to", "provisioning")
    .option("--target <name>", "with the accounts at this target (account@NAME of the identity map)")
    .addOption(new Option("--for <platform>", "people in the columns of this platform's own import, too").choices(Object.keys(PEOPLE_FORMS)))
    .addHelpText("after", `
Accounts are those of the identity map (\`identities\`), else the addresses. Columns: docs/identities.md.

Example:
  o365-exodus init identities && o365-exodus init provisioning --out comptes`)
    .action(async (options: ProvisioningOptions, command: Command) => framed(command, (frame) => provisioning(frame, options)));
}

interface ProvisioningOptions {
  readonly out: string;
  readonly target?: string;
  readonly for?: string;
}

async function provisioning(frame: Frame, { out, target, for: platform }: ProvisioningOptions): Promise<ExitCode> {
  const { output, stop } = frame;
  const loaded = await frame.loaded();
  const { config, baseDir } = loaded;
  if (target !== undefined && !(target in config.targets)) throw new ExodusError("CONFIG_ROUTE", { params: { target, known: Object.keys(config.targets).join(", ") } });
  const map = await identitiesOf(loaded);
  const source = await composeSource(loaded, frame, undefined, { directory: true });
  const dir = path.resolve(baseDir, out);
  const mistaken: IdentityFinding[] = [];
  let failed = 0;
  try {
    const onFailure = (thrown: unknown): void => {
      failed += 1;
      output.error(thrown);
    };
    const people = source.people?.(stop.hard, onFailure);
    if (people === undefined) throw new ExodusError("IDENTITY_SOURCE", { params: { source: source.name } });
    const counts = await writeProvisioning(usersOf(people, map, target, mistaken), groupsOf(source, stop.hard, onFailure), reportFolder(dir), platform === undefined ? undefined : PEOPLE_FORMS[platform]);
    output.line(output.text.provisioned(counts.users, counts.groups, counts.members, dir));
    output.record({ type: "provisioning", dir, ...counts, failed });
    if (tellIdentities(output, mistaken) > 0) return EXIT.configuration;
    return failed > 0 ? EXIT.partial : EXIT.complete;
  } finally {
    await source.close();
  }
}

/** Whose name's line is another's gets no account. */
async function* usersOf(people: AsyncIterable<DirectoryPerson>, map: IdentityMap, target: string | undefined, mistaken: IdentityFinding[]): AsyncIterable<ProvisionedUser> {
  for await (const person of people) {
    const row = map.anothers(person);
    if (row !== undefined) mistaken.push(anothersLine(row, person));
    yield { person, account: map.account(person, target) ?? suggested(person), kind: map.kind(person) ?? kindOf(person) };
  }
}

/** Groups of every kind, one by one; one that cannot be read is told, and the others go on. */
async function* groupsOf(source: Source, signal: AbortSignal, onFailure: (thrown: unknown) => void): AsyncIterable<DirectoryGroupRecord> {
  const directory = source.workload("directory");
  for await (const owner of source.owners(signal, ["group"])) {
    try {
      const change = await directory?.readOne(owner, owner.id, "directory", nothingKnown(signal));
      if (change?.kind === "unreadable") throw new ExodusError("INTERNAL", { params: { message: `${owner.name}: ${change.message}` } });
      if (change?.kind === "item") yield DirectoryGroupRecord.parse(change.record);
    } catch (thrown) {
      if (signal.aborted || asExodusError(thrown).errorClass === "fatal-config") throw thrown;
      onFailure(thrown);
    }
  }
}

/** A group has no photo that an application may read, so nothing is written; and nothing is held that could be taken over. */
function nothingKnown(signal: AbortSignal): ReadContext {
  const none = (): Promise<undefined> => Promise.resolve(undefined);
  return { signal, known: none, stored: none, held: () => Promise.resolve([]), blobs: { write: () => Promise.reject(new ExodusError("INTERNAL", { params: { message: "no place for bytes" } })) } };
}
