import path from "node:path";
import { DriveService } from "../drive/routes.js";
import { startSandbox } from "../server.js";
import { allRoutes } from "../service.js";
import { TenantStore } from "../tenant/store.js";
import { CheckClient } from "./client.js";
import { Crawl } from "./crawl.js";
import { Csdl, type Violation } from "./csdl.js";
import { compare, readSamples, routeOf } from "./samples.js";

export interface CheckReport {
  readonly routes: number;
  readonly requests: number;
  /** Values judged against the metadata. */
  readonly metadataChecks: number;
  /** Samples compared, and the comparisons made. */
  readonly samples: number;
  readonly sampleChecks: number;
  /** Routes for which the tenant has nothing to ask. */
  readonly unexercised: readonly string[];
  /** Samples of our areas whose path the sandbox does not serve. */
  readonly unserved: readonly string[];
  /** Types that answers name and the cut of the metadata leaves out: not judged. */
  readonly unjudged: readonly string[];
  readonly violations: readonly Violation[];
}

/**
 * Serves a tenant folder and compares every answer with Microsoft's published metadata and samples. `reference` is the folder that holds
 * `csdl-subset.full.json` and `samples/`. Nothing of the reader takes part: both sides answer to the same third.
 */
export async function checkSandbox(reference: string, tenantDir: string): Promise<CheckReport> {
  const csdl = await Csdl.load(path.join(reference, "csdl-subset.full.json"));
  const samples = await readSamples(path.join(reference, "samples"));
  const patterns = await servedPatterns(tenantDir);
  const sandbox = await startSandbox({ tenantDir });
  try {
    const crawl = new Crawl(await CheckClient.signIn(sandbox.ready, await sandbox.delegatedToken("check")), csdl);
    await crawl.run(patterns);
    const violations = [...crawl.violations];
    const byPattern = new Map(crawl.results.map((result) => [result.pattern, result]));
    let [compared, comparisons] = [0, 0];
    const unserved: string[] = [];
    for (const sample of samples) {
      const result = byPattern.get(routeOf(sample, patterns) ?? "");
      if (result === undefined) unserved.push(`${sample.file} ${sample.path}`);
      if (result === undefined || result.answered === 0) continue;
      compared += 1;
      comparisons += compare(sample, result.shape, violations);
    }
    return {
      routes: patterns.length, requests: crawl.requests, metadataChecks: csdl.checks, samples: compared, sampleChecks: comparisons,
      unexercised: crawl.results.filter(({ answered, refused }) => answered + refused === 0).map(({ pattern }) => pattern), unserved, unjudged: [...csdl.unknownTypes], violations: merged(violations),
    };
  } finally {
    await sandbox.close();
  }
}

/** Paths of all GET routes. */
async function servedPatterns(tenantDir: string): Promise<readonly string[]> {
  const store = await TenantStore.load(tenantDir);
  const routes = allRoutes(store, new DriveService(store, () => ""));
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
