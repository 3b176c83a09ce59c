import type { Cloud } from "../clouds/edition.js";
import { DriveService } from "../drive/routes.js";
import { startSandbox } from "../server.js";
import { allRoutes } from "../service.js";
import { TenantStore } from "../tenant/store.js";
import { CheckClient } from "./client.js";
import { Crawl } from "./crawl.js";
import { Csdl, type Violation } from "./csdl.js";
import { compare, hasNoRows, readSamples, routeOf, withoutThese, type Sample, type Samples } from "./samples.js";

/** What became of one published pair. */
export interface Pair {
  readonly file: string;
  readonly path: string;
  /** In part: what is there is the same, and published properties are missing. */
  readonly outcome: "same" | "in part" | "different" | "nothing to compare" | "not served";
  readonly comparisons: number;
  /** Published properties that no answer of the tenant has. */
  readonly without: readonly string[];
}

export interface CheckReport {
  readonly routes: number;
  readonly requests: number;
  /** Values judged against the metadata. */
  readonly metadataChecks: number;
  readonly pairs: readonly Pair[];
  /** Pairs that are no good GET with a JSON answer. */
  readonly skipped: Samples["skipped"];
  readonly notes: readonly string[];
  /** Routes for which the tenant has nothing to ask. */
  readonly unexercised: readonly string[];
  /** Types that answers name and the cut of the metadata leaves out: not judged. */
  readonly unjudged: readonly string[];
  readonly violations: readonly Violation[];
}

export interface CheckPlan {
  /** Folder of `csdl-subset.full.json`. */
  readonly metadata: string;
  /** Folder of the pairs. */
  readonly samples: string;
  readonly tenant: string;
  readonly cloud?: Cloud;
}

/**
 * Serves a tenant folder as one cloud and compares every answer with Microsoft's published metadata and samples. Nothing of the reader takes part: both
 * sides answer to the same third.
 */
export async function checkSandbox({ metadata, samples: dir, tenant, cloud = "global" }: CheckPlan): Promise<CheckReport> {
  const csdl = await Csdl.load(metadata, cloud);
  const { samples, skipped, notes } = await readSamples(dir);
  const patterns = await servedPatterns(tenant);
  const sandbox = await startSandbox({ tenantDir: tenant, cloud });
  try {
    const crawl = new Crawl(await CheckClient.signIn(sandbox.ready, await sandbox.delegatedToken("check")), csdl);
    await crawl.run(patterns);
    const { violations } = crawl;
    const served = crawl.results.filter(({ pattern }) => !csdl.absent(pattern));
    const byPattern = new Map(served.map((result) => [result.pattern, result]));
    const judge = async (sample: Sample): Promise<Pair> => {
      const pattern = routeOf(sample, patterns) ?? "";
      const result = byPattern.get(pattern);
      const told = { file: sample.file, path: sample.path, comparisons: 0, without: [] };
      if (result === undefined) return { ...told, outcome: "not served" };
      const asked = sample.query === "" ? undefined : await crawl.askedAs(pattern, patterns, sample.query);
      const shape = asked === undefined || hasNoRows(sample, asked) ? result.shape : asked;
      if (result.answered === 0 || hasNoRows(sample, shape)) return { ...told, outcome: "nothing to compare" };
      const before = violations.length;
      const [comparisons, without] = [compare(sample, shape, violations), withoutThese(sample, shape)];
      return { ...told, comparisons, without, outcome: violations.length > before ? "different" : without.length > 0 ? "in part" : "same" };
    };
    const pairs: Pair[] = [];
    for (const sample of samples) pairs.push(await judge(sample));
    return {
      routes: patterns.length, requests: crawl.requests, metadataChecks: csdl.checks, pairs, skipped, notes,
      unexercised: served.filter(({ answered, refused }) => answered + refused === 0).map(({ pattern }) => pattern), unjudged: [...csdl.unknownTypes], violations: merged(violations),
    };
  } finally {
    await sandbox.close();
  }
}

/** Paths of all GET routes. */
async function servedPatterns(tenantDir: string): Promise<readonly string[]> {
  const store = await TenantStore.load(tenantDir);
  const routes = allRoutes(store, new DriveService(store, () => ""), () => undefined);
  return [...new Set(routes.filter(({ method, delegatedOnly }) => method === "GET" && delegatedOnly !== true).map(({ pattern }) => pattern))];
}

/** The same problem at the same place of many items is told once, with the number of times. */
function merged(violations: readonly Violation[]): readonly Violation[] {
  const counts = new Map<string, { readonly first: Violation; count: number }>();
  for (const violation of violations) {
    const key = `${violation.where.replace(/\[\d+\]/g, "[]").replace(/\/[\w%!=.-]{20,}/g, "/{id}")} ${violation.problem}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { first: violation, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].map(({ first, count }) => (count === 1 ? first : { ...first, problem: `${first.problem} (${count} times)` }));
}
