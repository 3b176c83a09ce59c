import { writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";

export interface LiveSettings {
  readonly owners: readonly string[];
  readonly workloads: readonly string[];
  /** `source` of the configuration; secrets are named, not written. */
  readonly source: Readonly<Record<string, string>>;
  readonly caFile: string | undefined;
  readonly keep: boolean;
}

const WORKLOADS = ["mail", "calendar", "contacts", "files"];

/** What docs/live-tenant.md describes, from the environment. @throws Error that names everything which is missing. */
export function liveSettings(env: NodeJS.ProcessEnv): LiveSettings {
  const given = (name: string): string | undefined => (env[name] === undefined || env[name] === "" ? undefined : env[name]);
  const list = (name: string): readonly string[] => (given(name) ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "");
  const missing = [
    ...(given("EXODUS_LIVE") === "1" ? [] : ["EXODUS_LIVE=1 (this reads a real tenant)"]),
    ...["EXODUS_TENANT_ID", "EXODUS_CLIENT_ID"].filter((name) => given(name) === undefined),
    ...(list("EXODUS_OWNERS").length === 0 ? ["EXODUS_OWNERS (user principal names, comma between; never all)"] : []),
    ...(given("EXODUS_CLIENT_SECRET") === undefined && (given("EXODUS_CERTIFICATE") === undefined || given("EXODUS_PRIVATE_KEY") === undefined)
      ? ["EXODUS_CLIENT_SECRET, or EXODUS_CERTIFICATE and EXODUS_PRIVATE_KEY (files)"] : []),
  ];
  if (missing.length > 0) throw new Error(`npm run test:live needs: ${missing.join("; ")}`);
  const optional = Object.entries({ cloud: "EXODUS_CLOUD", graph: "EXODUS_GRAPH", authority: "EXODUS_AUTHORITY" }).flatMap(([name, variable]) => (given(variable) === undefined ? [] : [[name, given(variable) ?? ""]]));
  const proof = given("EXODUS_CLIENT_SECRET") === undefined
    ? { certificate: `file:${path.resolve(given("EXODUS_CERTIFICATE") ?? "")}`, privateKey: `file:${path.resolve(given("EXODUS_PRIVATE_KEY") ?? "")}` }
    : { clientSecret: "env:EXODUS_CLIENT_SECRET" };
  return {
    owners: list("EXODUS_OWNERS"), workloads: list("EXODUS_WORKLOADS").length === 0 ? WORKLOADS : list("EXODUS_WORKLOADS"), keep: given("EXODUS_KEEP") === "1", caFile: given("EXODUS_CA_FILE"),
    source: { tenantId: given("EXODUS_TENANT_ID") ?? "", clientId: given("EXODUS_CLIENT_ID") ?? "", ...proof, ...Object.fromEntries(optional) as Record<string, string> },
  };
}

/** Configuration of a folder that holds everything that the test writes. The target is only named: nothing is pushed. */
export async function writeConfig(dir: string, { owners, workloads, source, caFile }: LiveSettings): Promise<string> {
  const file = path.join(dir, "exodus.yaml");
  await writeFile(file, stringify({
    version: 1, source, owners: [...owners], ...(caFile === undefined ? {} : { tls: { caFile: path.resolve(caFile) } }),
    targets: { archive: { adapter: "archive", path: "./archive", index: false } }, routes: [{ workload: [...workloads], to: "archive" }],
  }));
  return file;
}
