import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change } from "../../../src/core/item.js";
import type { Feed } from "../../../src/core/source.js";
import type { FileRecord } from "../../../src/format/records.js";
import type { GraphClient } from "../../../src/graph/client/client.js";
import type { DriveItem } from "../../../src/graph/drive/drive-item.js";
import { graphError } from "../../../src/graph/client/error-table.js";
import { explainFailure } from "../../../src/engine/summary.js";
import { createFilesWorkload } from "../../../src/graph/workloads/files.js";
import { FakeContext, fakeClient, OWNER, page, round, type Answer } from "../graph-calendar/fake-client.js";

const FEED: Feed = { id: "d", container: { workload: "files", owner: OWNER.id, id: "root", name: "", role: "root" }, listing: false };
const file = (id: string, more: Partial<DriveItem> = {}): DriveItem => ({ id, name: `${id}.txt`, size: 4, eTag: `"{${id}},1"`, file: {}, parentReference: { id: "root" }, ...more });
const refusal = (status: number, code: string): ExodusError => graphError({ status, headers: { get: () => null }, body: JSON.stringify({ error: { code, message: code } }), path: "download", permission: "Files.Read.All" });
const denied = (error: ExodusError) => (): never => { throw error; };

/** A drive whose files are downloaded from "https://x/<id>", by `bytes` of each. */
async function read(rows: readonly DriveItem[], bytes: (id: string) => readonly (string | ExodusError)[], routes: Readonly<Record<string, Answer>> = {}, versions = 0) {
  const base = fakeClient({ "/drives/d/root/delta": () => [{ ...page(...rows), deltaLink: "next" }], ...routes });
  const counts = new Map<string, number>();
  const client: GraphClient = {
    ...base,
    location: (path) => Promise.resolve(`https://x/${path.replace("/drives/d/items/", "").replace(/\/content$/, "")}`),
    async *download(url) {
      const id = url.slice("https://x/".length);
      const answers = bytes(id);
      const turn = counts.get(id) ?? 0;
      counts.set(id, turn + 1);
      const answer = await Promise.resolve(answers[Math.min(turn, answers.length - 1)]);
      if (answer instanceof ExodusError) throw answer;
      yield Buffer.from(answer ?? "");
    },
  };
  const { changes } = await round(createFilesWorkload(client, { versions }), FEED, new FakeContext());
  return { changes, counts };
}

const of = (changes: readonly Change[], id: string): Change | undefined => changes.find((change) => ("key" in change ? change.key.id : "id" in change ? change.id : "") === id);

describe("a file that is refused", () => {
  it("is left out as infected when its address says so, with or without the facet", async () => {
    const { changes, counts } = await read([file("a"), file("b", { malware: {} }), file("c")], (id) => (id === "a" ? [refusal(403, "malwareDetected")] : ["text"]));
    expect(["a", "b", "c"].map((id) => { const change = of(changes, id); return change?.kind === "skipped" ? change.code : change?.kind; })).toEqual(["MALWARE", "MALWARE", "item"]);
    expect([counts.get("a"), counts.get("b")]).toEqual([1, undefined]);
  });

  it("fails alone, its drive goes on: a fresh address refused again and again, a denied or locked item", async () => {
    const { changes, counts } = await read([file("a"), file("b", { shared: {} }), file("c")], (id) => (id === "a" ? [refusal(401, "unauthenticated")] : id === "b" ? [refusal(423, "resourceLocked")] : ["text"]), { "/drives/d/items/b/permissions": () => [page()] });
    expect(of(changes, "a")).toMatchObject({ kind: "unreadable", code: "GRAPH_REFUSED" });
    expect(of(changes, "b")).toMatchObject({ kind: "unreadable", code: "GRAPH_LOCKED" });
    expect(of(changes, "c")).toMatchObject({ kind: "item" });
    expect(counts.get("a")).toBe(3);
  });

  it("comes when the address had only expired", async () => {
    const { changes } = await read([file("a")], () => [refusal(401, "unauthenticated"), "text"]);
    expect(of(changes, "a")).toMatchObject({ kind: "item" });
  });

  it("whose older version is gone or denied is kept without it", async () => {
    const listed = ["3.0", "2.0", "1.0"].map((id) => ({ id, size: 4 }));
    const { changes } = await read([file("a")], (id) => (id.endsWith("1.0") ? [refusal(423, "resourceLocked")] : ["text"]), { "/drives/d/items/a/versions": () => [page(...listed)] }, 5);
    const change = of(changes, "a") as Extract<Change, { kind: "item" }>;
    expect((change.record as FileRecord).versions.map(({ id }) => id)).toEqual(["2.0"]);
    expect(change.losses).toEqual([{ field: "versions/1.0", change: "dropped", side: "source", reason: "files.version-unreadable" }]);
  });
});

describe("what is left out by rule", () => {
  it("keeps where a shortcut leads, down to the report", async () => {
    const rows = [
      file("a", { remoteItem: { id: "r", name: "Plan", webUrl: "https://x.example/Plan", parentReference: { driveId: "d2" } } }), file("b", { remoteItem: { id: "r", parentReference: { driveId: "d2" } } }), file("c", { package: {} }),
    ];
    const { changes } = await read(rows, denied(refusal(400, "invalidRequest")));
    expect(changes).toEqual([
      { kind: "skipped", id: "a", container: "root", title: "a.txt", code: "SHORTCUT", detail: "https://x.example/Plan" }, { kind: "skipped", id: "b", container: "root", title: "b.txt", code: "SHORTCUT", detail: "d2/r" },
      { kind: "skipped", id: "c", container: "root", title: "c.txt", code: "ONENOTE_PACKAGE" },
    ]);
    expect(explainFailure({ code: "SHORTCUT", params: { detail: "https://x.example/Plan" } }, "en").message).toContain("(https://x.example/Plan)");
  });
});
