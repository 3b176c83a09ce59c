import { readFile } from "node:fs/promises";
import path from "node:path";
import { adapterNames, loadAdapter } from "../../adapters/registry.js";
import type { Adapter } from "../core/adapter.js";
import { ExodusError, type Lang } from "../core/errors.js";
import type { RateGovernor } from "../core/governor.js";
import type { Source } from "../core/source.js";
import { askedFacts } from "../config/routes.js";
import { sourceOf, type LoadedConfig } from "../config/load.js";
import { targetsOf, workloadsOf, type ExodusConfig } from "../config/schema.js";
import { resolveBytes, resolveSecret } from "../config/secrets.js";
import type { Credential } from "../graph/sign-in/auth.js";
import type { SignInCode } from "../graph/sign-in/person.js";
import { createGraphSource, type Registration } from "../graph/source.js";
import type { Frame } from "./frame.js";
import { keptSignIn } from "./kept-sign-in.js";
import { programVersion } from "./version.js";

/** PEM certificates of `tls.caFile`, for the source and every target alike. */
export async function trustedCa({ config, baseDir }: LoadedConfig): Promise<string | undefined> {
  if (config.tls.caFile === undefined) return undefined;
  try {
    return await readFile(path.resolve(baseDir, config.tls.caFile), "utf8");
  } catch (cause) {
    throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference: `file:${config.tls.caFile}` }, cause });
  }
}

/** The source that the configuration describes; signs in at its first request. `attended`: whether somebody is there to sign in; whoever has a terminal before them, unless told. `directory`: every group is an owner, and no site, whatever the configuration chooses. */
export async function composeSource(loaded: LoadedConfig, frame: Pick<Frame, "governor" | "output" | "stop">, attended = process.stderr.isTTY === true, { directory = false }: { readonly directory?: boolean } = {}): Promise<Source> {
  const source = sourceOf(loaded);
  const { governor, output } = frame;
  const ca = await trustedCa(loaded);
  const asked = askedFacts(loaded.config.routes);
  const routed = new Set(loaded.config.routes.filter((route) => targetsOf(route).length > 0).flatMap(workloadsOf));
  return createGraphSource({
    cloud: source.cloud, tenantId: source.tenantId, clientId: source.clientId, credential: source.deviceCode ? personOf(loaded, frame, attended) : await credentialOf(source, loaded.baseDir),
    apps: await Promise.all(source.apps.map(async (app) => ({ clientId: app.clientId, credential: await credentialOf(app, loaded.baseDir) }))),
    spreadFiles: source.spreadFiles, onLeftOut: (app, error) => {
      output.error(error);
      output.line(output.text.appLeftOut(app));
    },
    userAgent: `NONISV|${source.company}|o365-exodus/${programVersion()}`, governor, routed, territory: source.territory, versions: source.versions, listVersions: source.listVersions, groups: directory || loaded.config.groups !== "none", sites: directory ? false : sitesOf(loaded.config),
    recoverable: source.recoverableItems, entries: directory || routed.has("directory"), lang: output.lang,
    ...(source.authority === undefined ? {} : { authority: source.authority }),
    ...(source.graph === undefined ? {} : { graphRoot: source.graph }),
    ...(ca === undefined ? {} : { ca }), ...(asked === undefined || directory ? {} : { asked }),
  });
}

function personOf(loaded: LoadedConfig, { output, stop }: Pick<Frame, "output" | "stop">, attended: boolean): Registration["credential"] {
  const ask = ({ userCode, page, expiresIn }: SignInCode): void => {
    output.notice(output.text.signInCode(page, userCode, Math.round(expiresIn / 60)));
    output.record({ type: "sign-in-code", userCode, page, expiresIn });
  };
  return { kind: "person", kept: keptSignIn(loaded), ask: attended ? ask : undefined, signal: stop.soft };
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

/** Every target of the configuration that a route uses, by name; those of `names`, when they are told. @throws ExodusError CONFIG_ADAPTER, CONFIG_INVALID, CONFIG_ROUTE. */
export async function composeAdapters(loaded: LoadedConfig, governor: RateGovernor, lang: Lang, names: readonly string[] = loaded.config.routes.flatMap(targetsOf)): Promise<ReadonlyMap<string, Adapter>> {
  const { config, baseDir, file } = loaded;
  const ca = await trustedCa(loaded);
  const adapters = new Map<string, Adapter>();
  for (const name of new Set(names)) {
    const entry = config.targets[name];
    if (entry === undefined) throw new ExodusError("CONFIG_ROUTE", { params: { target: name, known: Object.keys(config.targets).join(", ") } });
    const { adapter: kind, ...options } = entry;
    const module = await loadAdapter(kind);
    if (module === undefined) throw new ExodusError("CONFIG_ADAPTER", { params: { target: name, adapter: kind, known: adapterNames().join(", ") } });
    const parsed = module.options.safeParse(options);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const keys = [...(issue?.path ?? []), ...(issue?.code === "unrecognized_keys" ? [issue.keys.join(", ")] : [])].join(".");
      throw new ExodusError("CONFIG_TARGET", { params: { file, target: name, field: keys, reason: issue?.message ?? "" } });
    }
    adapters.set(name, await module.create(parsed.data, { target: name, baseDir, ca, governor, lang, secret: (reference) => resolveSecret(reference, baseDir) }));
  }
  return adapters;
}

/** All, none, or those that are named: their addresses suffice to read them. */
function sitesOf({ sites }: ExodusConfig): boolean | readonly string[] {
  return typeof sites === "string" ? sites === "all" : sites;
}
