import { z } from "zod";
import type { Adapter, Manifest, WorkloadCapability } from "../core/adapter.js";
import { ExodusError, type Lang } from "../core/errors.js";
import { WORKLOADS, type WorkloadName } from "../core/item.js";
import type { CheckResult } from "../core/source.js";
import { defineAdapter, type AdapterEnvironment, type AdapterModule } from "./define.js";
import { PartSession } from "./part-session.js";

/** What is known of a workload on this platform, instead of what its part's adapter knows of servers at large: the proof, and the platform's own document. */
export type Taken = Pick<WorkloadCapability, "evidence" | "cite">;

/** One server of a platform: the adapter that speaks to it, and the workloads that the platform takes there. */
export interface Part {
  readonly module: AdapterModule<unknown>;
  readonly takes: Readonly<Partial<Record<WorkloadName, Taken>>>;
  /** Options that the platform wants otherwise than the adapter's defaults; the configuration goes before them. */
  readonly preset: Readonly<Record<string, unknown>>;
}

/** A platform made of servers that other adapters speak to. */
export interface Composition extends Pick<Manifest, "name" | "title" | "docs"> {
  /** By the name under which the configuration gives the part's options; order of preference where two could take a workload. */
  readonly parts: Readonly<Record<string, Part>>;
  /** What the administrator has to state beside the options of the parts, by the option's name; `told`: what `doctor` says of it. */
  readonly statements?: Readonly<Record<string, { readonly schema: z.ZodType; readonly told: Readonly<Record<Lang, string>> }>>;
}

/** Options of each part that the organisation has, by its name; `use` says which part takes a workload that several could. */
export type ComposedOptions = Readonly<Record<string, unknown>> & { readonly use?: Readonly<Partial<Record<WorkloadName, string>>> | undefined };

/** Ties a part's preset to the options of its adapter by type. */
export function part<O>(module: AdapterModule<O>, takes: Part["takes"], preset: Partial<O> = {}): Part {
  return { module: module as AdapterModule<unknown>, takes, preset };
}

/** An adapter made of others, each with its own part of the configuration (docs/decisions, "Adapters made of adapters"). */
export function composed(composition: Composition): AdapterModule<ComposedOptions> {
  const modules = new Map(Object.entries(composition.parts).map(([name, { module }]) => [name, module]));
  return defineAdapter<ComposedOptions>({
    manifest: manifestOf(composition, modules, {}),
    options: optionsOf(composition),
    async create(chosen, environment): Promise<Adapter> {
      const adapters = new Map<string, Adapter>();
      for (const [name, module] of modules) {
        if (chosen[name] !== undefined) adapters.set(name, await module.create(chosen[name], { ...environment, target: `${environment.target}.${name}` }));
      }
      return adapterOf(composition, adapters, chosen.use ?? {}, environment);
    },
  });
}

type Use = NonNullable<ComposedOptions["use"]>;
type Described = ReadonlyMap<string, { readonly manifest: Manifest }>;

function adapterOf(composition: Composition, adapters: ReadonlyMap<string, Adapter>, use: Use, { target, lang }: AdapterEnvironment): Adapter {
  const manifest = manifestOf(composition, adapters, use);
  const serving = (workload: WorkloadName): readonly [string, Adapter] => {
    const name = takers(composition, adapters, workload, use)[0];
    const adapter = name === undefined ? undefined : adapters.get(name);
    if (name === undefined || adapter === undefined) throw new ExodusError("ROUTE_UNSUPPORTED", { params: { target, workload } });
    return [name, adapter];
  };
  return {
    manifest,
    async *check(signal) {
      for (const [name, { told }] of Object.entries(composition.statements ?? {})) yield { subject: target, ok: true, code: "STATED", message: `${name}: ${told[lang]}` };
      for (const adapter of adapters.values()) yield* adapter.check(signal);
      yield* untaken(composition, manifest, target, lang);
    },
    async connect(account, workload, signal) {
      const [name, adapter] = serving(workload);
      return new PartSession(await adapter.connect(account, workload, signal), name, target);
    },
    foresee: async (item, open) => serving(item.key.workload)[1].foresee(item, open),
    foreseePlace: (container) => serving(container.workload)[1].foreseePlace(container),
    async close() {
      const ends = await Promise.allSettled([...adapters.values()].map((adapter) => adapter.close()));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  };
}

/** Parts among `present` that take the workload, the one that serves it first. */
function takers({ parts }: Composition, present: Described, workload: WorkloadName, use: Use): readonly string[] {
  const found = [...present.keys()].filter((name) => parts[name]?.takes[workload] !== undefined);
  return use[workload] === undefined ? found : found.filter((name) => name === use[workload]);
}

function manifestOf(composition: Composition, present: Described, use: Use): Manifest {
  const { name, title, docs, parts } = composition;
  const manifests = [...present.values()].map(({ manifest }) => manifest);
  const workloads: Partial<Record<WorkloadName, WorkloadCapability>> = {};
  for (const workload of WORKLOADS) {
    const server = takers(composition, present, workload, use)[0] ?? "";
    const [taken, own] = [parts[server]?.takes[workload], present.get(server)?.manifest];
    const capability = own?.workloads[workload];
    if (taken === undefined || own === undefined || capability === undefined) continue;
    workloads[workload] = { concurrency: own.concurrency, ...capability, ...taken };
  }
  return { name, title, docs, workloads, concurrency: Math.max(...manifests.map(({ concurrency }) => concurrency)), skips: [...new Set(manifests.flatMap(({ skips }) => skips))] };
}

function optionsOf(composition: Composition): z.ZodType<ComposedOptions> {
  const parts = Object.entries(composition.parts);
  const shape = Object.fromEntries(parts.map(([name, { module, preset }]) => [name, z.looseObject({}).transform((told): unknown => ({ ...preset, ...told })).pipe(module.options).optional()]));
  const names = parts.map(([name]) => name);
  const stated = Object.fromEntries(Object.entries(composition.statements ?? {}).map(([name, { schema }]) => [name, schema]));
  return z.strictObject({ ...stated, ...shape, use: z.partialRecord(z.enum(WORKLOADS), z.enum(names)).optional() }).superRefine((told: ComposedOptions, context) => {
    const present = new Map(parts.flatMap(([name, { module }]) => (told[name] === undefined ? [] : [[name, module] as const])));
    if (present.size === 0) context.addIssue({ code: "custom", path: [], message: `needs at least one of ${names.join(", ")}` });
    for (const workload of WORKLOADS) {
      const found = takers(composition, present, workload, told.use ?? {});
      if (found.length > 1) context.addIssue({ code: "custom", path: ["use"], message: `${found.join(" and ")} both take ${workload}: settle it by use: {${workload}: ${found[0] ?? ""}}` });
      if (found.length === 0 && told.use?.[workload] !== undefined) context.addIssue({ code: "custom", path: ["use", workload], message: `no part of that name here takes ${workload}` });
    }
  });
}

const UNTAKEN = {
  unset: { en: "not taken: this part has no options", fr: "non pris : cette partie n'a pas d'options" },
  none: { en: "not taken by this platform", fr: "non pris par cette plateforme" },
  advice: { en: "Route it to another target (an archive takes everything)", fr: "Dirigez-le vers une autre cible (une archive prend tout)" },
  give: { en: "or give the options of", fr: "ou donnez les options de" },
} as const;

/** Notes, not failures: which workloads no part takes, and what would. */
function* untaken(composition: Composition, manifest: Manifest, target: string, lang: AdapterEnvironment["lang"]): Generator<CheckResult> {
  for (const workload of WORKLOADS) {
    if (manifest.workloads[workload] !== undefined) continue;
    const could = Object.entries(composition.parts).flatMap(([name, { takes }]) => (takes[workload] === undefined ? [] : [`${target}.${name}`]));
    const advice = [UNTAKEN.advice[lang], ...(could.length === 0 ? [] : [`${UNTAKEN.give[lang]} ${could.join(", ")}`])].join(", ");
    yield { subject: target, ok: true, code: "PART_ABSENT", message: `${workload}: ${UNTAKEN[could.length === 0 ? "none" : "unset"][lang]}`, advice: `${advice}.` };
  }
}
