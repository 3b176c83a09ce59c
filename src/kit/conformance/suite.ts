import { Bench, capabilityOf, type Check, type ConformanceSetup } from "./bench.js";
import { CONTAINER_CHECKS } from "./container-checks.js";
import { FORECAST_CHECKS } from "./forecast-checks.js";
import { ITEM_CHECKS } from "./item-checks.js";
import { MANIFEST_CHECKS } from "./manifest-checks.js";

export type { ConformanceSetup } from "./bench.js";

/** The two words of a test runner that the suite needs (jest, vitest and node:test have them). */
export interface TestRunner {
  describe(title: string, body: () => void): void;
  it(title: string, body: () => Promise<void>): void;
}

/** Every behaviour that the manifest does not declare absent, in order. */
export function conformanceChecks(setup: ConformanceSetup): readonly Check[] {
  const capability = capabilityOf(setup);
  return [...MANIFEST_CHECKS, ...CONTAINER_CHECKS, ...ITEM_CHECKS, ...FORECAST_CHECKS].filter(({ when }) => when?.(capability) ?? true);
}

/**
 * Declares the conformance tests of one workload of one adapter. Checks are left out only by what the manifest declares
 * (`canFind`, `canFindContainers`, `canReadBack`, `canUpdate`, `canRemove`), so that a gap in the tests is a gap shown to users.
 */
export function conformance(setup: ConformanceSetup, { describe, it }: TestRunner): void {
  describe(`${setup.title}: ${setup.workload} conforms`, () => {
    for (const check of conformanceChecks(setup)) {
      it(check.title, async () => {
        const bench = new Bench(setup);
        try {
          await check.run(bench);
        } finally {
          await bench.close();
        }
      });
    }
  });
}
