import { describe, expect, it } from "@jest/globals";
import type { Charge } from "../../../src/core/governor.js";
import { batchCharges, batched, type BatchAnswer, type BatchRequest } from "../../../src/graph/client/batch.js";

const signal = new AbortController().signal;
const request = (path: string): BatchRequest => ({ path, options: { signal, key: "graph:mailbox:m", headers: { Prefer: "x" } } });

/** Answers each batch by `answer`, and notes what was asked in batches and alone. */
function doors(answer: (path: string) => { status: number; headers?: Record<string, string>; body?: unknown } | undefined, others = false) {
  const batches: { body: { requests: { id: string; url: string; headers?: object }[] }; charges: readonly Charge[] }[] = [];
  const alone: string[] = [];
  return {
    batches, alone,
    post: (body: object, charges: readonly Charge[]): Promise<BatchAnswer> => {
      const asked = body as (typeof batches)[number]["body"];
      batches.push({ body: asked, charges });
      const responses = asked.requests.flatMap(({ id, url }) => {
        const given = answer(url);
        return given === undefined ? [] : [{ id, ...given }];
      });
      return Promise.resolve({ responses: responses.reverse() });
    },
    single: (one: BatchRequest): Promise<unknown> => {
      alone.push(one.path);
      return Promise.resolve({ alone: one.path });
    },
    elsewhere: ({ code }: { code: string }): boolean => others && code === "GRAPH_CONSENT",
    address: ({ path }: BatchRequest): string => path,
  };
}

describe("a batch", () => {
  it("gives each answer to its own request, in batches of twenty at the most", async () => {
    const door = doors((path) => ({ status: 200, body: { path } }));
    const paths = Array.from({ length: 45 }, (_, index) => `/users/m/messages/${index}`);
    const results = await batched<{ path: string }>(paths.map(request), door);
    expect(results.map((result) => (result.status === "fulfilled" ? result.value.path : ""))).toEqual(paths);
    expect(door.batches.map(({ body }) => body.requests.length)).toEqual([20, 20, 5]);
    expect(door.batches[0]?.body.requests[0]).toEqual({ id: "0", method: "GET", url: "/users/m/messages/0", headers: { Prefer: "x" } });
  });

  it("asks again by itself for what was throttled, failed in passing, met an expired token or got no answer, and lets a refusal stand", async () => {
    const answers: Record<string, { status: number; headers?: Record<string, string>; body?: unknown } | undefined> = {
      "/good": { status: 200, body: { good: true } }, "/gone": { status: 404, body: { error: { code: "ErrorItemNotFound" } } },
      "/slow": { status: 429, headers: { "Retry-After": "0" }, body: { error: { code: "ApplicationThrottled" } } }, "/bad": { status: 502, body: "PGh0bWw+" },
      "/old": { status: 401, body: { error: { code: "InvalidAuthenticationToken" } } }, "/lost": undefined, "/denied": { status: 403, body: { error: { code: "ErrorAccessDenied" } } },
    };
    const door = doors((path) => answers[path]);
    const results = await batched<unknown>(Object.keys(answers).map(request), door);
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as { code: string }).code))).toEqual([
      { good: true }, "GRAPH_NOT_FOUND", { alone: "/slow" }, { alone: "/bad" }, { alone: "/old" }, { alone: "/lost" }, "GRAPH_CONSENT",
    ]);
    expect(door.alone.sort()).toEqual(["/bad", "/lost", "/old", "/slow"]);
  });

  it("asks by itself for what one application was refused, when there are others", async () => {
    const door = doors((path) => (path === "/denied" ? { status: 403, body: { error: { code: "ErrorAccessDenied" } } } : { status: 404, body: { error: { code: "ErrorItemNotFound" } } }), true);
    const results = await batched<unknown>(["/denied", "/gone"].map(request), door);
    expect(results).toMatchObject([{ value: { alone: "/denied" } }, { reason: { code: "GRAPH_NOT_FOUND" } }]);
    expect(door.alone).toEqual(["/denied"]);
  });

  it("counts each request against the limits, and four slots of a mailbox", () => {
    expect(batchCharges(Array.from({ length: 7 }, (_, index) => request(`/users/m/mailFolders/${index}`)))).toEqual([
      { key: "graph:app", units: 7, slots: 7 }, { key: "graph:mailbox:m", units: 7, slots: 4 },
    ]);
  });
});
