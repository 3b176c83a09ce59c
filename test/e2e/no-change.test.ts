import { describe, expect, it } from "@jest/globals";
import { cli, summary, workDir } from "./cli.js";
import { stage } from "./stage.js";

const USERS = 3;
/** Nine mail folders of a generated account (five of its own, and four that every mailbox has beside), its address book and its drive. */
const CONTAINERS = USERS * 11;
/** A request a container, and for each account what finds its containers: roles of folders, lists of folders, drives and address books. */
const MOST = CONTAINERS + USERS * 30 + 10;

/** Requests of a first reading and of one in which nothing changed. */
async function passes(messages: number, files: number): Promise<{ readonly seen: number; readonly first: number; readonly again: number }> {
  const staged = await stage((tenant) => cli(["sandbox", "generate", "--users", String(USERS), "--messages", String(messages), "--files", String(files), "--median-bytes", "400", "--out", tenant]));
  const work = await workDir(staged.served, { routes: [{ workload: ["mail", "contacts", "files"], to: "archive" }] });
  try {
    const start = await staged.served.requests();
    const { seen } = summary((await cli(["pull", "--config", work.config, "--json"])).stdout);
    const middle = await staged.served.requests();
    const delta = await cli(["pull", "--pass", "delta", "--config", work.config, "--json"]);
    const end = await staged.served.requests();
    expect(delta.code).toBe(0);
    return { seen, first: middle - start, again: end - middle };
  } finally {
    await work.remove();
    await staged.remove();
  }
}

describe("a delta pass in which nothing changed", () => {
  it("costs requests by containers, not by items: six times the items, the same requests", async () => {
    const [small, large] = [await passes(50, 10), await passes(300, 60)];
    expect(large.seen).toBeGreaterThan(5 * small.seen);
    expect(large.first).toBeGreaterThan(4 * small.first);
    expect(large.again).toBe(small.again);
    expect(large.again).toBeLessThanOrEqual(MOST);
  }, 600_000);
});
