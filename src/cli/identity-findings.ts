import path from "node:path";
import { ExodusError, type Lang } from "../core/errors.js";
import type { CheckResult, FoundOwner } from "../core/source.js";
import { readIdentityTable } from "../config/identities.js";
import { checkIdentities, type IdentityFinding } from "../config/identity-checks.js";
import type { LoadedConfig } from "../config/load.js";
import { wantedOwners } from "./legs.js";
import type { Output } from "./output.js";

/** What is wrong with the configuration's identity map, beside whom the source has. */
export async function identityFindings(loaded: LoadedConfig, owners: readonly FoundOwner[]): Promise<readonly IdentityFinding[]> {
  const { config, baseDir } = loaded;
  if (config.identities === undefined) return [];
  const table = await readIdentityTable(path.resolve(baseDir, config.identities));
  const wants = wantedOwners(loaded);
  const names = new Map(owners.map((owner) => [owner.name.toLowerCase(), { id: owner.id, name: owner.name, guest: owner.guest === true, person: owner.kind === "user" && wants(owner) }]));
  return checkIdentities(table, Object.keys(config.targets), { names, guests: [...names.values()].some(({ guest }) => guest) });
}

/** Prints the findings; answers how many of them are to be put right. */
export function tellIdentities(output: Output, findings: readonly IdentityFinding[]): number {
  for (const finding of findings) {
    const { message, advice } = identityCheck(finding, output.lang);
    output.line(`  [${finding.code}] ${message} ${advice ?? ""}`);
    output.record({ type: "identity-finding", code: finding.code, ok: finding.note === true, ...finding.params, sources: finding.sources, message, remedy: advice });
  }
  return findings.filter(({ note }) => note !== true).length;
}

export function identityCheck({ code, params, note }: IdentityFinding, lang: Lang): CheckResult {
  const error = new ExodusError(code, { params });
  return { subject: "identities", ok: note === true, code, message: error.describe(lang), advice: error.remedy(lang) };
}
