import { readdir, writeFile } from "node:fs/promises";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/archive/index.js";
import type { WorkloadName } from "../../src/core/item.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { testEnvironment } from "../environment.js";

const root = mkdtempSync(path.join(tmpdir(), "exodus-archive-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
/** Nothing can be made below a file: the disk's counterpart of a refused sign-in. */
writeFileSync(path.join(root, "file"), "");

const EXTENSIONS: Readonly<Partial<Record<WorkloadName, string>>> = { mail: ".eml", calendar: ".ics", contacts: ".vcf", files: "", channels: ".json", chats: ".json", settings: ".json", lists: ".json", pages: ".json", tasks: ".json", notes: ".json", directory: ".json" };
/** Where the items of a container stand, below its folder. */
const BELOW: Readonly<Partial<Record<WorkloadName, string>>> = { channels: "messages", chats: "messages" };

for (const [workload, extension] of Object.entries(EXTENSIONS)) {
  const dir = path.join(root, workload);
  conformance({
    title: "archive on disk", manifest: adapter.manifest, workload: workload as WorkloadName, secrets: ["never-a-secret"],
    adapter: (variant) => adapter.create(adapter.options.parse({ path: variant === "good" ? dir : path.join(root, "file", "below"), index: false }), testEnvironment("archive", {})),
    account: () => ({ owner: sampleOwner("zoe@commune.example"), name: "zoe@commune.example" }),
    count: async (_account, into) => (await readdir(path.join(dir, into.id, BELOW[workload as WorkloadName] ?? ""), { withFileTypes: true })).filter((entry) => entry.isFile() && entry.name.endsWith(extension)).length,
    tamper: (_account, into, ref) => writeFile(path.join(dir, into.id, ref.id), "altered"),
  }, { describe, it });
}
