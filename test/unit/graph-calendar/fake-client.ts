import { createHash } from "node:crypto";
import { ExodusError } from "../../../src/core/errors.js";
import type { BlobRef, Change, Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Batch, Feed, HeldItem, KnownItem, ReadContext, Workload } from "../../../src/core/source.js";
import type { BatchRequest } from "../../../src/graph/client/batch.js";
import type { GraphClient, Page, RequestOptions } from "../../../src/graph/client/client.js";

export const OWNER: Owner = { id: "u1", name: "zoe@mairie.example", kind: "user", displayName: "Zoé", mail: "zoe.dupont@mairie.example" };

export type Answer = (options: RequestOptions, path: string) => unknown;

/** A client that answers from a table of paths; what it does not know is not found, as Graph says it. Pages are arrays of arrays. */
export function fakeClient(routes: Readonly<Record<string, Answer>>): GraphClient & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = (path: string, options: RequestOptions): unknown => {
    options.signal.throwIfAborted();
    const route = routes[path];
    // Rights of which a test says nothing are what every calendar allows.
    if (route === undefined && path.endsWith("/calendarPermissions")) return [page()];
    asked.push(path);
    if (route === undefined) throw new ExodusError("GRAPH_NOT_FOUND", { params: { path } });
    return route(options, path);
  };
  return {
    asked,
    root: "https://graph.example/v1.0",
    get: <T>(path: string, options: RequestOptions) => new Promise<T>((resolve) => { resolve(answer(path, options) as T); }),
    batch: <T>(requests: readonly BatchRequest[]) => Promise.allSettled(requests.map(async ({ path, options }) => answer(path, options) as T)),
    async *pages<T>(path: string, options: RequestOptions): AsyncIterable<Page<T>> {
      await Promise.resolve();
      for (const page of answer(path, options) as Page<T>[]) yield page;
    },
    bytes: async (path, options, read) => {
      const bytes = answer(path, options) as Uint8Array;
      return read({ length: bytes.length, bytes: (async function* () { await Promise.resolve(); yield bytes; })() });
    },
    location: () => Promise.resolve(undefined),
    download: () => { throw new ExodusError("INTERNAL", { params: { message: "not asked for" } }); },
    close: () => Promise.resolve(),
  };
}

export function page<T>(...value: readonly T[]): Page<T> {
  return { value };
}

/** Vault in memory: what the reader wrote, and what it is told to know. */
export class FakeContext implements ReadContext {
  readonly texts = new Map<string, string>();
  readonly items = new Map<string, KnownItem>();
  readonly rows = new Map<string, HeldItem>();
  readonly whole = new Map<string, Item>();
  readonly stop = new AbortController();
  readonly signal = this.stop.signal;
  readonly blobs = {
    write: async (bytes: AsyncIterable<Uint8Array>, extension: string): Promise<BlobRef> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      const whole = Buffer.concat(chunks);
      const sha256 = createHash("sha256").update(whole).digest("hex") as Sha256;
      this.texts.set(sha256, whole.toString("utf8"));
      return { sha256, size: whole.length, extension };
    },
  };

  known(id: string): Promise<KnownItem | undefined> {
    return Promise.resolve(this.items.get(id));
  }

  stored(id: string): Promise<Item | undefined> {
    return Promise.resolve(this.whole.get(id));
  }

  held(prefix: string): Promise<readonly HeldItem[]> {
    return Promise.resolve([...this.rows.values()].filter(({ id }) => id.startsWith(prefix)));
  }

  /** Remembers what a round brought, as the engine does. */
  keep(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === "item") {
        this.items.set(change.key.id, { version: change.version, container: change.container, digest: change.digest, ...(change.body === undefined ? {} : { body: change.body }) });
        this.whole.set(change.key.id, change);
        this.rows.set(change.key.id, { id: change.key.id, container: change.container, version: change.version, title: change.title, state: "present" });
      } else if (change.kind === "skipped" || change.kind === "unreadable") {
        this.rows.set(change.id, { id: change.id, container: change.container, version: "", title: change.title, state: change.kind });
      }
    }
  }

  body(change: Change | undefined): string {
    return change?.kind === "item" ? this.texts.get(change.body?.sha256 ?? "") ?? "" : "";
  }
}

export async function feedsOf(workload: Workload, owner = OWNER): Promise<Feed[]> {
  const feeds: Feed[] = [];
  for await (const feed of workload.feeds(owner, new AbortController().signal)) feeds.push(feed);
  return feeds;
}

export async function round(workload: Workload, feed: Feed, context: FakeContext, since?: Batch["next"]): Promise<{ readonly changes: readonly Change[]; readonly batches: readonly Batch[] }> {
  const batches: Batch[] = [];
  for await (const batch of workload.changes(OWNER, feed, since, context)) batches.push(batch);
  const changes = batches.flatMap((batch) => batch.changes);
  context.keep(changes);
  return { changes, batches };
}
