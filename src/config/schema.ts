import { z } from "zod";
import { WORKLOADS, type WorkloadName } from "../core/item.js";
import { OWNER_ATTRIBUTES } from "../core/source.js";
import { IDENTITY_KINDS } from "./identities.js";

/** `env:NAME` or `file:PATH` (relative to the configuration): the secret itself is never written in the file. */
const secret = z.string().regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, "must be env:NAME or file:PATH; a secret is never written here");

const credential = z.strictObject({
  clientSecret: secret.optional().describe("Client secret of the app registration."),
  certificate: secret.optional().describe("PEM certificate of the app registration (file:PATH)."),
  privateKey: secret.optional().describe("PEM private key that goes with the certificate (file:PATH or env:NAME)."),
  pfx: secret.optional().describe("Certificate and private key in one PFX (PKCS #12) file (file:PATH, or env:NAME in base64)."),
  pfxPassphrase: secret.optional().describe("Passphrase of the PFX file; absent when it has none."),
  federatedToken: secret.optional().describe("Token that the CI system issues to the job (workload identity federation): no secret to keep."),
});

const CREDENTIAL = { message: "needs clientSecret, or certificate with privateKey, or pfx, or federatedToken" };
const isComplete = ({ clientSecret, federatedToken, pfx, certificate, privateKey }: z.infer<typeof credential>): boolean =>
  clientSecret !== undefined || federatedToken !== undefined || pfx !== undefined || (certificate !== undefined && privateKey !== undefined);

const AppConfig = credential.extend({ clientId: z.string().min(1).describe("Application (client) id.") }).refine(isComplete, CREDENTIAL);

export const SourceConfig = credential.extend({
  deviceCode: z.boolean().default(false).describe("A person signs in instead (device code), and their own content is read; no credential then."),
  keepSignIn: z.union([z.boolean(), z.string().min(1)]).default(true)
    .describe("Keeps a person's sign-in from one run to the next: beside the vault, in this file, or not at all (false)."),
  cloud: z.enum(["global", "gcc-high", "dod", "china", "bleu", "delos", "govsg"]).default("global").describe("Microsoft cloud of the tenant."),
  tenantId: z.string().min(1).describe("Directory (tenant) id."),
  clientId: z.string().min(1).describe("Application (client) id of the app registration."),
  graph: z.url().optional().describe("Graph root instead of the cloud's (the sandbox)."),
  authority: z.url().optional().describe("Sign-in address instead of the cloud's (the sandbox)."),
  territory: z.string().length(2).default("FR").describe("Prefers this country's city when a Windows time zone names several."),
  throttleScale: z.number().gt(0).max(1).default(1).describe("Only for a sandbox with --throttle-scale: the same number, so that the reader knows its shortened limits."),
  pace: z.enum(["published", "none"]).default("published").describe("Keeps to Microsoft's published limits, or to none: only for a sandbox on this machine without --throttle."),
  company: z.string().regex(/^[\x20-\x7b\x7d\x7e]{1,60}$/, "must be plain letters, without |").default("o365-exodus")
    .describe("Your organisation, as it stands in the User-Agent: SharePoint serves traffic that names itself first."),
  licences: z.int().min(1).default(1).describe("Microsoft 365 licences bought: SharePoint's and the directory's speed limits grow with them."),
  recoverableItems: z.boolean().default(false).describe("Read what people deleted for good and can still recover (a folder of mail)."),
  versions: z.int().min(0).default(100).describe("Older versions of a file to keep, newest first."),
  listVersions: z.int().min(0).default(0).describe("Older versions of an item of a SharePoint list to keep, newest first; each item then costs a request."),
  apps: z.array(AppConfig).max(20).default([]).describe("Further applications of the tenant: Microsoft's limits are counted by application."),
  spreadFiles: z.boolean().default(false).describe("Spread drives over the applications too; SharePoint asks not to."),
}).refine((source) => source.deviceCode || isComplete(source), { message: `${CREDENTIAL.message}, or deviceCode: true for a person` })
  .refine(({ deviceCode, ...source }) => !deviceCode || credential.keyof().options.every((name) => source[name] === undefined), { path: ["deviceCode"], message: "goes without a credential: a person signs in" })
  .refine(({ deviceCode, apps }) => !deviceCode || apps.length === 0, { path: ["apps"], message: "goes with a credential only: a person signs in to one application" })
  .refine(({ pace, graph }) => pace === "published" || isHere(graph), { path: ["pace"], message: "none is for a sandbox on this machine: `graph` must be its address" });

/** Microsoft's own service must never be asked without its limits in mind. */
function isHere(graph: string | undefined): boolean {
  return graph !== undefined && /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(new URL(graph).hostname);
}

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** Of the routes of a workload, the first that matches an owner is taken (docs/routes.md). */
export const RouteConfig = z.strictObject({
  workload: z.union([z.enum(["all", ...WORKLOADS]), z.array(z.enum(WORKLOADS)).min(1)]).describe("What goes there: one, several, or all."),
  to: z.union([z.string(), z.array(z.string()).min(1)]).describe("Name of one or several targets; none: left out on purpose."),
  owners: z.array(z.string()).optional().describe("Only these owners; default: all of `owners`."),
  group: oneOrMore.optional().describe("Only who is in one of these groups, or in a group inside it: by address, name or object id."),
  kind: z.union([z.enum(IDENTITY_KINDS), z.array(z.enum(IDENTITY_KINDS)).min(1)]).optional().describe("Only who is of this kind by the identity map, for example leaver."),
  where: z.partialRecord(z.enum(OWNER_ATTRIBUTES), oneOrMore).optional().describe("Only whose entry in the directory says so, for example { department: Finances }."),
});
export type RouteConfig = z.infer<typeof RouteConfig>;

/** Whether it is for some owners only. */
export function isSelective({ owners, group, where, kind }: Pick<RouteConfig, "owners" | "group" | "where" | "kind">): boolean {
  return owners !== undefined || group !== undefined || where !== undefined || kind !== undefined;
}

/** One route for everybody leaves nothing to choose. */
export function hasChoices({ routes }: Pick<ExodusConfig, "routes">): boolean {
  return routes.length > 1 || routes.some(isSelective);
}

/** A route that leaves out on purpose. */
export const NOWHERE = "none";

/** Names of the targets of a route; none where it leaves out. */
export function targetsOf({ to }: Pick<RouteConfig, "to">): readonly string[] {
  return [to].flat().filter((name) => name !== NOWHERE);
}

/** The workloads that a route names. */
export function workloadsOf({ workload }: Pick<z.infer<typeof RouteConfig>, "workload">): readonly WorkloadName[] {
  return workload === "all" ? WORKLOADS : [workload].flat();
}

/** An encrypted vault (docs/format.md, "Encryption"). */
export const VaultConfig = z.strictObject({
  path: z.string().default("./vault").describe("Folder of the vault; made at the first run."),
  recipients: z.array(z.string().regex(/^age1[0-9a-z]+$/, "must be an age recipient, age1…")).min(1).optional().describe("Who can open it: age recipients. Settled when the vault is made; `vault recipients add` adds more."),
  identity: secret.optional().describe("age identity that opens it: a file of age-keygen (file:PATH) or its secret line (env:NAME)."),
}).refine(({ recipients, identity }) => recipients === undefined || identity !== undefined, { path: ["identity"], message: "is needed with recipients: the vault is read as well as written" });

/** The vault's settings, in whichever form they are given. */
export function vaultConfig({ vault }: Pick<ExodusConfig, "vault">): z.infer<typeof VaultConfig> {
  return typeof vault === "string" ? { path: vault } : vault;
}

/** What a member may read of a group or site is not the whole of it, and a partial copy that passes for the whole is worse than none. */
const OF_ONE = "must be none with source.deviceCode: a person's sign-in reads that person's own content; groups and sites need an application with a credential";

const OF_DIRECTORY = "group and where need an application with a credential: who signs in with source.deviceCode reads nothing of others in the directory";
const OF_IDENTITIES = "needs `identities`: the identity map says what somebody is (o365-exodus init identities)";
const NEVER_TAKEN = "is never taken: routes before it take its workloads of everybody, and of each workload the first route that matches is taken. Name several targets in one route (to: [a, b]), or put the narrower route first";

export const ExodusConfig = z.strictObject({
  version: z.literal(1).default(1),
  source: SourceConfig.optional().describe("The tenant; without it, only what the vault holds can be written to targets."),
  vault: z.union([z.string(), VaultConfig]).default("./vault").describe("Folder of the vault, made at the first run; or its `path` with `recipients` and `identity`, to encrypt it."),
  owners: z.union([z.literal("all"), z.array(z.string()).min(1)]).default("all").describe("Users (user principal names) to migrate."),
  groups: z.union([z.enum(["all", "none"]), z.array(z.string()).min(1)]).default("none")
    .describe("Microsoft 365 groups (teams among them) whose document libraries and channels are migrated, by mail address."),
  sites: z.union([z.enum(["all", "none"]), z.array(z.string()).min(1)]).default("none")
    .describe("SharePoint sites beside those of groups whose document libraries are migrated, by address without https://."),
  identities: z.string().optional().describe("CSV of source account;target account; default: the same name."),
  targets: z.record(z.string(), z.looseObject({ adapter: z.string() })).describe("Destinations by name; each names its adapter and that adapter's options."),
  routes: z.array(RouteConfig).min(1),
  tls: z.strictObject({ caFile: z.string().optional().describe("PEM certificates to trust beside the system's.") }).default({}),
  report: z.string().default("./report").describe("Folder that receives the report of each run."),
  limits: z.strictObject({
    parallelUnits: z.int().min(1).max(64).default(16).describe("Owners' workloads worked on at once; of teams' channels six times as many."),
    bufferBytes: z.int().min(1_000_000).default(96_000_000).describe("Bytes that the process may buffer at once."),
    attempts: z.int().min(1).max(20).default(5).describe("Attempts of one item before it is failed; throttled ones are not counted."),
  }).default({ parallelUnits: 16, bufferBytes: 96_000_000, attempts: 5 }),
  lang: z.enum(["fr", "en"]).optional(),
}).refine(({ source, groups }) => source?.deviceCode !== true || groups === "none", { path: ["groups"], message: OF_ONE })
  .refine(({ source, sites }) => source?.deviceCode !== true || sites === "none", { path: ["sites"], message: OF_ONE })
  .refine(({ targets }) => !(NOWHERE in targets), { path: ["targets"], message: `\`${NOWHERE}\` is no name for a target: \`to: ${NOWHERE}\` leaves out` })
  .superRefine(({ source, routes, identities }, context) => {
    for (const [index, route] of routes.entries()) {
      if (route.kind !== undefined && identities === undefined) context.addIssue({ code: "custom", path: ["routes", index, "kind"], message: OF_IDENTITIES });
      if (source?.deviceCode === true && (route.group !== undefined || route.where !== undefined)) context.addIssue({ code: "custom", path: ["routes", index], message: OF_DIRECTORY });
      if (workloadsOf(route).every((workload) => routes.slice(0, index).some((earlier) => !isSelective(earlier) && workloadsOf(earlier).includes(workload)))) {
        context.addIssue({ code: "custom", path: ["routes", index], message: NEVER_TAKEN });
      }
    }
  });
export type ExodusConfig = z.infer<typeof ExodusConfig>;
