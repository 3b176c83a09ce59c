import assert from "node:assert/strict";
import { LOSSES } from "../../core/losses.js";
import { SKIPS } from "../../core/skips.js";
import { collected } from "../../lib/collected.js";
import { thrownBy } from "./expectations.js";
import type { Check } from "./bench.js";

/** The manifest and the sign-in. */
export const MANIFEST_CHECKS: readonly Check[] = [
  {
    title: "the manifest is plain data and complete",
    async run({ setup, capability }) {
      const { manifest } = setup;
      assert.deepEqual(JSON.parse(JSON.stringify(manifest)), manifest);
      assert.notEqual(manifest.docs, "");
      assert.ok(manifest.title !== "" && manifest.concurrency >= 1);
      assert.notEqual(capability.support, "none");
      assert.ok(capability.cite.length > 10, "the capability cites nothing");
      for (const code of manifest.skips) assert.ok(Object.hasOwn(SKIPS, code), `skip ${code} is not listed`);
      for (const gap of capability.gaps) {
        assert.ok(Object.hasOwn(LOSSES, gap.reason), `loss ${gap.reason} is not listed`);
        assert.ok(gap.cite.length > 10, `the gap "${gap.field}" cites nothing`);
      }
      await Promise.resolve();
    },
  },
  {
    title: "check finds nothing wrong",
    async run({ setup, signal }) {
      const adapter = await setup.adapter("good");
      const results = await collected(adapter.check(signal));
      await adapter.close();
      assert.ok(results.length > 0);
      assert.deepEqual(results.filter(({ ok }) => !ok), []);
    },
  },
  {
    title: "a wrong secret is told by check with advice, stops connect, and is not repeated in messages",
    async run({ setup, signal, account }) {
      const adapter = await setup.adapter("wrong-secret");
      const wrong = (await collected(adapter.check(signal))).filter(({ ok }) => !ok);
      assert.ok(wrong.length > 0, "check found nothing wrong");
      for (const { code, advice } of wrong) assert.ok(code !== "INTERNAL" && (advice ?? "") !== "");
      const error = await thrownBy(async () => {
        const session = await adapter.connect(account, setup.workload, signal);
        await session.prepare({ workload: setup.workload, owner: "conformance", id: "x", name: "x", path: ["x"] }, undefined, signal);
      });
      await adapter.close();
      assert.ok(["fatal-config", "permanent-container"].includes(error.errorClass), error.errorClass);
      const told = JSON.stringify([error.message, error.describe("fr"), error.remedy("fr"), error.params, wrong]);
      for (const secret of setup.secrets) assert.ok(!told.includes(secret), "a message holds a secret");
    },
  },
];
