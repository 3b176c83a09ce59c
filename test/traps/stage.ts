import { readFile, rm, writeFile } from "node:fs/promises";
import { createGovernor } from "../../src/engine/governor.js";
import type { Change, Item, Owner, WorkloadName } from "../../src/core/item.js";
import type { Cursor, Source } from "../../src/core/source.js";
import { createGraphSource } from "../../src/graph/source.js";
import type { Fault } from "../../src/sandbox/faults/plan.js";
import type { SandboxOptions } from "../../src/sandbox/server.js";
import { Served } from "../integration/sandbox/served.js";
import { FakeContext } from "../unit/graph-calendar/fake-client.js";

export const ZOE = "zoe@test.example";
export const HOME = `users/${ZOE}`;

/** What one round over all feeds of one owner's workload brought. */
export interface Round {
  readonly changes: readonly Change[];
  readonly items: readonly Item<Record<string, unknown>>[];
  /** Item by its title. @throws Error when there is none. */
  item(title: string): Item<Record<string, unknown>>;
  /** Bytes of an item as text. */
  body(title: string): string;
}

/** A tenant folder, the sandbox that serves it and the reader that reads it, in one process; `rounds` go on from where the last one ended. */
export class TrapStage {
  readonly #cursors = new Map<string, Cursor>();

  private constructor(readonly served: Served, readonly source: Source, readonly context: FakeContext, private readonly faultsFile: string) {}

  static async start(files: Readonly<Record<string, string | Buffer>>, options: { faults?: readonly Fault[] } & Omit<SandboxOptions, "tenantDir" | "faultsFile"> = {}): Promise<TrapStage> {
    const { faults = [], ...sandbox } = options;
    const faultsFile = `${process.env["TMPDIR"] ?? "/tmp"}/exodus-trap-${process.pid}-${Math.floor(performance.now() * 1000)}.json`;
    await writeFile(faultsFile, JSON.stringify(faults));
    const tenant = { "tenant.json": JSON.stringify({ name: "Test", domain: "test.example", language: "fr" }), [`${HOME}/profile.json`]: JSON.stringify({ displayName: "Zoé" }) };
    const served = await Served.start({ ...tenant, ...files }, { ...sandbox, faultsFile });
    const { ready } = served.sandbox;
    const source = createGraphSource({
      cloud: "global", authority: ready.authority, graphRoot: ready.graph, tenantId: ready.tenantId, clientId: ready.clientId, credential: { kind: "secret", secret: ready.clientSecret },
      ca: await readFile(ready.caFile, "utf8"), governor: createGovernor({ limits: {} }), routed: new Set(), territory: "FR", versions: 100, listVersions: 0, recoverable: false, entries: false, lang: "en", groups: true, sites: true, apps: [], spreadFiles: false, onLeftOut: () => undefined, userAgent: "test",
    });
    return new TrapStage(served, source, new FakeContext(), faultsFile);
  }

  /** By name or displayed name. */
  async owner(name = ZOE): Promise<Owner> {
    for await (const owner of this.source.owners(new AbortController().signal)) if (owner.name === name || owner.displayName === name) return owner;
    throw new Error(`no owner ${name}`);
  }

  async round(workload: WorkloadName, name = ZOE): Promise<Round> {
    const owner = await this.owner(name);
    const reader = this.source.workload(workload);
    if (reader === undefined) throw new Error(`no workload ${workload}`);
    const changes: Change[] = [];
    for await (const feed of reader.feeds(owner, this.context.signal)) {
      changes.push({ kind: "container", container: feed.container });
      for await (const batch of reader.changes(owner, feed, feed.listing ? undefined : this.#cursors.get(feed.id), this.context)) {
        this.context.keep(batch.changes);
        changes.push(...batch.changes);
        if (batch.next !== undefined) this.#cursors.set(feed.id, batch.next);
      }
    }
    return roundOf(changes, this.context);
  }

  async stop(): Promise<void> {
    await this.source.close();
    await this.served.stop();
    await rm(this.faultsFile, { force: true });
  }
}

export function roundOf(changes: readonly Change[], context: FakeContext): Round {
  const items = changes.filter((change): change is Item<Record<string, unknown>> => change.kind === "item");
  const item = (title: string): Item<Record<string, unknown>> => {
    const found = items.find((one) => one.title === title);
    if (found === undefined) throw new Error(`no item "${title}" among: ${items.map((one) => one.title).join(", ")}`);
    return found;
  };
  return { changes, items, item, body: (title) => context.body(item(title)) };
}
