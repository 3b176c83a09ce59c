import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change } from "../../../src/core/item.js";
import type { Batch, Workload } from "../../../src/core/source.js";
import type { RequestOptions } from "../../../src/graph/client/client.js";
import { graphError } from "../../../src/graph/client/error-table.js";
import { SelectFallback } from "../../../src/graph/client/select-fallback.js";
import { tellingUntold } from "../../../src/graph/clouds/untold.js";

const signal = new AbortController().signal;
const told = (message: string): ExodusError => graphError({ status: 400, headers: { get: () => null }, body: JSON.stringify({ error: { code: "BadRequest", message } }), path: "/x", permission: "-" });
const refusal = (name: string, type = "message"): ExodusError => told(`Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`);

/** A service that refuses some names, and what it was asked. */
function service(...refused: string[]): { readonly asked: (RequestOptions["query"])[]; call(options: RequestOptions): Promise<string> } {
  const asked: RequestOptions["query"][] = [];
  return {
    asked,
    call: ({ query }) => {
      asked.push(query);
      const names = `${String(query?.["$select"] ?? "")},${String(query?.["$expand"] ?? "")}`.split(",").map((term) => term.replace(/\(.*/, ""));
      const found = refused.find((name) => names.includes(name));
      return found === undefined ? Promise.resolve("fine") : Promise.reject(refusal(found));
    },
  };
}

describe("a property that a cloud refuses", () => {
  it("is left out, told once, and not asked for again", async () => {
    const { asked, call } = service("flag", "categories");
    const fallback = new SelectFallback();
    const wanted = { signal, query: { $select: "id,flag,subject,categories", $top: 5 } };
    expect(await fallback.ask(wanted, call)).toBe("fine");
    expect(asked.at(-1)).toEqual({ $select: "id,subject", $top: 5 });
    expect(asked).toHaveLength(3);
    await fallback.ask(wanted, call);
    expect(asked).toHaveLength(4);
    expect(fallback.all).toEqual(["message.categories", "message.flag"]);
    expect(fallback.lacks.has("message.flag")).toBe(true);
  });

  it("may be an expansion, with what belongs to it", async () => {
    const { asked, call } = service("replies");
    await new SelectFallback().ask({ signal, query: { $expand: "replies($select=id,body),members($select=id)" } }, call);
    expect(asked.at(-1)).toEqual({ $expand: "members($select=id)" });
    await new SelectFallback().ask({ signal, query: { $expand: "replies($expand=hostedContents($select=id))" } }, call);
    expect(asked.at(-1)).toEqual({});
  });

  it("is known by its type in whatever namespace", async () => {
    const fallback = new SelectFallback();
    const call = ({ query }: RequestOptions): Promise<string> => (String(query?.["$select"]).includes("flag") ? Promise.reject(told("Could not find a property named 'flag' on type 'Microsoft.OutlookServices.Message'.")) : Promise.resolve("fine"));
    await fallback.ask({ signal, query: { $select: "id,flag" } }, call);
    expect(fallback.all).toEqual(["message.flag"]);
  });

  it("is found by trying where the refusal does not name it; another refusal stands, and is tried once", async () => {
    const asked: string[] = [];
    const refusing = (...names: string[]) => ({ query }: RequestOptions): Promise<string> => {
      const select = String(query?.["$select"]);
      asked.push(select);
      return select.split(",").some((name) => names.includes(name)) ? Promise.reject(told("")) : Promise.resolve("fine");
    };
    const fallback = new SelectFallback();
    const wanted = { signal, type: "message", query: { $select: "id,flag,subject,categories" } };
    expect(await fallback.ask(wanted, refusing("flag", "categories"))).toBe("fine");
    expect(asked).toEqual(["id,flag,subject,categories", "id", "id,flag", "id,subject", "id,categories", "id,subject"]);
    expect(fallback.all).toEqual(["message.categories", "message.flag"]);
    asked.length = 0;
    const other = new SelectFallback();
    for (let round = 0; round < 2; round += 1) await expect(other.ask({ signal, query: { $select: "id,flag" } }, refusing("id"))).rejects.toMatchObject({ code: "GRAPH_REFUSED" });
    expect(asked).toEqual(["id,flag", "id", "id,flag"]);
  });

  it("leaves the id to ask for", async () => {
    const { asked, call } = service("flag");
    await new SelectFallback().ask({ signal, query: { $select: "flag" } }, call);
    expect(asked.at(-1)).toEqual({ $select: "id" });
    await expect(new SelectFallback().ask({ signal, query: { $select: "id" } }, service("id").call)).rejects.toMatchObject({ code: "GRAPH_REFUSED" });
  });

  it("is not asked for where it is known and the request names its type", async () => {
    const { asked, call } = service();
    const fallback = new SelectFallback(new Set(["message.flag"]));
    await fallback.ask({ signal, type: "message", query: { $select: "id,flag" } }, call);
    await fallback.ask({ signal, type: "event", query: { $select: "id,flag" } }, call);
    expect(asked).toEqual([{ $select: "id" }, { $select: "id,flag" }]);
  });

  it("is no other error, and none that was not asked for", async () => {
    const fallback = new SelectFallback();
    for (const thrown of [told("Invalid filter clause"), refusal("subject"), new ExodusError("GRAPH_PASSING")]) {
      await expect(fallback.ask({ signal, query: { $select: "id,flag" } }, () => Promise.reject(thrown))).rejects.toBe(thrown);
    }
    expect(fallback.all).toEqual([]);
  });

  it("is a loss of each item that it would have belonged to", async () => {
    const fallback = new SelectFallback(new Set(["event.exceptionOccurrences"]));
    const item = { kind: "item", losses: [] } as unknown as Change;
    const workload = {
      name: "mail", readOne: () => Promise.resolve(item),
      async *changes(): AsyncIterable<Batch> { await Promise.resolve(); yield { changes: [item, { kind: "tombstone", id: "1" }], done: true }; },
    } as unknown as Workload;
    const losses = async (name: "mail" | "calendar"): Promise<unknown> => {
      for await (const { changes } of tellingUntold({ ...workload, name }, fallback).changes({ kind: "user" } as never, undefined as never, undefined, undefined as never)) return changes.map((change) => (change.kind === "item" ? change.losses : change.kind));
      return undefined;
    };
    expect(await losses("mail")).toEqual([[], "tombstone"]);
    await fallback.ask({ signal, query: { $select: "id,categories" } }, service("categories").call);
    await fallback.ask({ signal, type: "event", query: { $expand: "exceptionOccurrences" } }, service().call);
    expect(await losses("mail")).toEqual([[{ field: "categories", change: "dropped", side: "source", reason: "source.property-untold" }], "tombstone"]);
    // A series' changes are found by its instances.
    expect(await losses("calendar")).toEqual([[], "tombstone"]);
  });
});

describe("a path that a cloud does not have", () => {
  it("is told by its own code", () => {
    expect(told("Resource not found for the segment 'todo'.").code).toBe("GRAPH_NOT_OFFERED");
  });
});
