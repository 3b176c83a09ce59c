import { readFile } from "node:fs/promises";
import path from "node:path";
import { adapterNames, loadAdapter } from "../../adapters/registry.js";
import type { Adapter } from "../core/adapter.js";
import { ExodusError, type Lang } from "../core/errors.js";
import type { RateGovernor } from "../core/governor.js";
import type { Owner, WorkloadName } from "../core/item.js";
import type { LossReason } from "../core/losses.js";
import type { Source } from "../core/source.js";
import { readIdentities, type IdentityMap } from "../config/identities.js";
import { sourceOf, type LoadedConfig } from "../config/load.js";
import { workloadsOf, type ExodusConfig } from "../config/schema.js";
import { resolveBytes, resolveSecret } from "../config/secrets.js";
import type { Leg } from "../engine/run.js";
import type { Credential } from "../graph/sign-in/auth.js";
import { beyondApplications } from "../graph/clouds/beyond.js";
import { CLOUDS } from "../graph/clouds/clouds.js";
import { notOffered, offers, type NotOffered } from "../graph/clouds/features.js";
import { createGraphSource } from "../graph/source.js";
import { erasedMark, erasedMarks } from "../vault/erasures.js";
import type { Frame } from "./frame.js";
import { programVersion } from "./version.js";
import { vaultDir } from "./workspace.js";

/** PEM certificates of `tls.caFile`, for the source and every target alike. */
export async function trustedCa({ config, baseDir }: LoadedConfig): Promise<string | undefined> {
  if (config.tls.caFile === undefined) return undefined;
  try {
    return await readFile(path.resolve(baseDir, config.tls.caFile), "utf8");
  } catch (cause) {
    throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference: `file:${config.tls.caFile}` }, cause });
  }
}

/** The source that the configuration describes; signs in at its first request. */
export async function composeSource(loaded: LoadedConfig, { governor, output }: Pick<Frame, "governor" | "output">): Promise<Source> {
  const source = sourceOf(loaded);
  const ca = await trustedCa(loaded);
  return createGraphSource({
    cloud: source.cloud, tenantId: source.tenantId, clientId: source.clientId, credential: await credentialOf(source, loaded.baseDir),
    apps: await Promise.all(source.apps.map(async (app) => ({ clientId: app.clientId, credential: await credentialOf(app, loaded.baseDir) }))),
    spreadFiles: source.spreadFiles, onLeftOut: (app, error) => {
      output.error(error);
      output.line(output.text.appLeftOut(app));
    },
    userAgent: `NONISV|${source.company}|o365-exodus/${programVersion()}`, governor, routed: new Set(loaded.config.routes.flatMap(workloadsOf)), territory: source.territory, versions: source.versions, listVersions: source.listVersions, groups: loaded.config.groups !== "none", sites: sitesOf(loaded.config),
    recoverable: source.recoverableItems, guests: loaded.config.routes.some((route) => workloadsOf(route).includes("directory")), lang: output.lang,
    ...(source.authority === undefined ? {} : { authority: source.authority }),
    ...(source.graph === undefined ? {} : { graphRoot: source.graph }),
    ...(ca === undefined ? {} : { ca }),
  });
}

type CredentialConfig = Pick<NonNullable<ExodusConfig["source"]>, "clientSecret" | "certificate" | "privateKey" | "pfx" | "pfxPassphrase" | "federatedToken">;

async function credentialOf({ clientSecret, certificate, privateKey, pfx, pfxPassphrase, federatedToken }: CredentialConfig, baseDir: string): Promise<Credential> {
  if (federatedToken !== undefined) return { kind: "federated", token: () => resolveSecret(federatedToken, baseDir) };
  if (certificate !== undefined && privateKey !== undefined) {
    return { kind: "certificate", certificatePem: await resolveSecret(certificate, baseDir), privateKeyPem: await resolveSecret(privateKey, baseDir) };
  }
  if (pfx !== undefined) return { kind: "pfx", pfx: await resolveBytes(pfx, baseDir), passphrase: pfxPassphrase === undefined ? "" : await resolveSecret(pfxPassphrase, baseDir) };
  return { kind: "secret", secret: await resolveSecret(clientSecret ?? "", baseDir) };
}

/** Every target of the configuration that a route uses, by name. @throws ExodusError CONFIG_ADAPTER, CONFIG_INVALID, CONFIG_ROUTE. */
export async function composeAdapters(loaded: LoadedConfig, governor: RateGovernor, lang: Lang): Promise<ReadonlyMap<string, Adapter>> {
  const { config, baseDir, file } = loaded;
  const ca = await trustedCa(loaded);
  const adapters = new Map<string, Adapter>();
  for (const name of new Set(config.routes.flatMap(({ to }) => to))) {
    const entry = config.targets[name];
    if (entry === undefined) throw new ExodusError("CONFIG_ROUTE", { params: { target: name, known: Object.keys(config.targets).join(", ") } });
    const { adapter: kind, ...options } = entry;
    const module = await loadAdapter(kind);
    if (module === undefined) throw new ExodusError("CONFIG_ADAPTER", { params: { target: name, adapter: kind, known: adapterNames().join(", ") } });
    const parsed = module.options.safeParse(options);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const keys = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : issue?.path.join(".");
      throw new ExodusError("CONFIG_TARGET", { params: { file, target: name, field: keys ?? "", reason: issue?.message ?? "" } });
    }
    adapters.set(name, await module.create(parsed.data, { target: name, baseDir, ca, governor, lang, secret: (reference) => resolveSecret(reference, baseDir) }));
  }
  return adapters;
}

export interface Legs {
  readonly legs: readonly Leg[];
  /** Routed, and kept from applications by the source. */
  readonly beyond: readonly (Leg & { readonly loss: LossReason })[];
  /** Names of `owners` that the source does not have. */
  readonly unknown: readonly string[];
  /** Chosen, but erased from the vault: no leg reads them, unless `again` was asked for. */
  readonly erased: readonly Owner[];
  /** What the tenant's cloud does not have of the routed workloads: no leg asks for it. */
  readonly notOffered: readonly NotOffered[];
}

/** Which owner's which workload goes where. `only` narrows the configuration's owners and workloads for one run. */
export async function composeLegs(loaded: LoadedConfig, owners: AsyncIterable<Owner>, only: { owners?: readonly string[]; workloads?: readonly WorkloadName[]; again?: boolean }): Promise<Legs> {
  const { config, baseDir } = loaded;
  const identities: IdentityMap = config.identities === undefined ? new Map<string, string>() : await readIdentities(path.resolve(baseDir, config.identities));
  const chosen = chosenNames(config, only.owners);
  const missing = new Map([...chosen.values()].flatMap((names) => (names === "all" ? [] : names)).map((name) => [name.toLowerCase(), name]));
  const marks = await erasedMarks(vaultDir(loaded));
  const erased: Owner[] = [];
  const legs: Leg[] = [];
  const beyond: (Leg & { readonly loss: LossReason })[] = [];
  const cloud = CLOUDS[config.source?.cloud ?? "global"];
  const wanted = new Map<WorkloadName, Set<Owner["kind"]>>();
  for await (const owner of owners) {
    const name = owner.name.toLowerCase();
    if (!isChosen(chosen, owner)) continue;
    missing.delete(name);
    if (marks.has(erasedMark(owner.id))) {
      erased.push(owner);
      if (only.again !== true) continue;
    }
    const account = identities.get(name) ?? owner.name;
    for (const [workload, targets] of routesOf(config, name)) {
      if (owner.guest === true && workload !== "directory") continue;
      if (only.workloads !== undefined && !only.workloads.includes(workload)) continue;
      const leg: Leg = { owner, workload, targets: targets.map((target) => ({ name: target, account })) };
      wanted.set(workload, (wanted.get(workload) ?? new Set()).add(owner.kind));
      // What keeps a source from being read keeps nothing of what the vault holds already.
      const stands = config.source === undefined;
      if (!stands && !offers(cloud, workload, owner.kind)) continue;
      const loss = stands ? undefined : beyondApplications(owner.kind, workload);
      if (loss !== undefined) beyond.push({ ...leg, loss });
      else if (OWNERS_OF[workload].includes(owner.kind)) legs.push(leg);
    }
  }
  return { legs, beyond, unknown: [...missing.values()], erased, notOffered: notOffered(cloud, (workload) => wanted.get(workload) ?? new Set(), new Set(wanted.keys())) };
}

/** Which kinds of owner have it, as far as it is read. */
const OWNERS_OF: Readonly<Record<WorkloadName, readonly Owner["kind"][]>> = {
  mail: ["user", "group"],
  calendar: ["user"],
  contacts: ["user"],
  files: ["user", "group", "site"],
  channels: ["group"],
  chats: ["user"],
  settings: ["user"],
  lists: ["group", "site"],
  tasks: ["user", "group"],
  notes: ["user", "group", "site"],
  directory: ["user", "group"],
};

/** The owners that the configuration names. */
export function wantedOwners({ config }: LoadedConfig): (owner: Owner) => boolean {
  const chosen = chosenNames(config, undefined);
  return (owner) => isChosen(chosen, owner);
}

type Chosen = ReadonlyMap<Owner["kind"], "all" | readonly string[]>;

function isChosen(chosen: Chosen, owner: Owner): boolean {
  const names = chosen.get(owner.kind) ?? [];
  return names === "all" || names.some((entry) => entry.toLowerCase() === owner.name.toLowerCase());
}

/** Names on the command line go before the configuration, whatever kind of owner they name. */
function chosenNames(config: ExodusConfig, only: readonly string[] | undefined): Chosen {
  return new Map<Owner["kind"], "all" | readonly string[]>([["user", only ?? config.owners], ["group", only ?? listedNames(config.groups)], ["site", only ?? listedNames(config.sites)]]);
}

/** All, none, or those that are named: their addresses suffice to read them. */
function sitesOf({ sites }: ExodusConfig): boolean | readonly string[] {
  return typeof sites === "string" ? sites === "all" : sites;
}

function listedNames(told: "all" | "none" | readonly string[]): "all" | readonly string[] {
  return told === "none" ? [] : told;
}

function routesOf(config: ExodusConfig, owner: string): ReadonlyMap<WorkloadName, readonly string[]> {
  const routes = new Map<WorkloadName, string[]>();
  for (const route of config.routes) {
    if (route.owners !== undefined && !route.owners.some((entry) => entry.toLowerCase() === owner)) continue;
    for (const workload of workloadsOf(route)) {
      const targets = routes.get(workload) ?? [];
      for (const target of [route.to].flat()) if (!targets.includes(target)) targets.push(target);
      routes.set(workload, targets);
    }
  }
  return routes;
}
