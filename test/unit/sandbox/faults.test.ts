import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import type { Answer } from "../../../src/sandbox/answers.js";
import { FaultPlan, type Fault } from "../../../src/sandbox/faults/plan.js";
import { changed, concerns, insteadOf } from "../../../src/sandbox/faults/strike.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const IDS = { server: "server-id", client: "client-id" };
const PAGE = new URL("https://localhost:1/v1.0/users/1/messages?$top=2");

/** Which of so many equal requests a fault strikes. */
function strikes(fault: Omit<Fault, "match">, requests: number): number[] {
  const plan = new FaultPlan([{ match: "GET /v1.0/users", ...fault }]);
  return Array.from({ length: requests }, (_, index) => index + 1).filter(() => plan.due("GET", PAGE) !== undefined);
}

/** What a fault makes of a page. */
function page(fault: Omit<Fault, "match">, json: object): Record<string, unknown> {
  const strike = new FaultPlan([{ match: "GET", ...fault }]).due("GET", PAGE);
  if (strike === undefined) throw new Error("no strike");
  const answer = changed(strike, { json }, PAGE);
  return "json" in answer ? (answer.json as Record<string, unknown>) : {};
}

/** What a fault answers. */
async function instead(fault: Omit<Fault, "match">): Promise<{ status: number | undefined; headers: Readonly<Record<string, string>>; text: string }> {
  const strike = new FaultPlan([{ match: "GET", ...fault }]).due("GET", PAGE);
  const answer: Answer | undefined = strike === undefined ? undefined : insteadOf(strike, IDS);
  if (answer === undefined) throw new Error("nothing instead");
  let text = "";
  if ("json" in answer) text = JSON.stringify(answer.json);
  else for await (const chunk of answer.stream ?? []) text += Buffer.from(chunk).toString();
  return { status: answer.status, headers: answer.headers ?? {}, text };
}

describe("a fault strikes", () => {
  it("once, or as often as it is told to", () => {
    expect(strikes({}, 4)).toEqual([1]);
    expect(strikes({ nth: 2 }, 4)).toEqual([2]);
    expect(strikes({ nth: 2, times: 2 }, 5)).toEqual([2, 3]);
    expect(strikes({ nth: 3, times: "always" }, 5)).toEqual([3, 4, 5]);
    expect(strikes({ nth: 2, every: 3, times: 2 }, 12)).toEqual([2, 5]);
    expect(strikes({ every: 4, times: "always" }, 10)).toEqual([1, 5, 9]);
  });

  it("where its pattern says, each counting by itself, the first that is due", () => {
    const plan = new FaultPlan([{ match: "^GET .*\\$top=2$", status: 500, name: "one" }, { match: "messages", nth: 2, status: 503, name: "two" }, { match: "POST", name: "never" }]);
    expect([plan.due("GET", PAGE)?.name, plan.due("GET", PAGE)?.name, plan.due("GET", PAGE)?.name]).toEqual(["one", "two", undefined]);
  });

  it.each([[[{ match: "(" }]], [[{ match: "x", nth: 0 }]], [[{ match: "x", action: "patch" }]], [[{ match: "x", edits: [{ at: "value" }] }]], [[{ match: "x", unknown: 1 }]], [[{}]]])("only when the file is right: %j", (faults) => {
    expect(() => new FaultPlan(faults as Fault[])).toThrow();
  });
});

describe("instead of an answer", () => {
  it("stands an error in Graph's form, with Retry-After in both forms", async () => {
    const refused = await instead({ status: 429, code: "ApplicationThrottled", retryAfter: 0 });
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "0"]);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: "ApplicationThrottled", innerError: { "request-id": "server-id" } } });
    const before = Date.now();
    const dated = Date.parse((await instead({ status: 503, retryAfter: 60, retryAfterDate: true })).headers["retry-after"] ?? "");
    expect(dated).toBeGreaterThanOrEqual(before + 59_000);
    expect((await instead({ status: 503 })).headers).toEqual({});
  });

  it("stands a page, or a body of one's own", async () => {
    expect(await instead({ action: "html", status: 200 })).toMatchObject({ status: 200, headers: { "content-type": expect.stringContaining("text/html") }, text: expect.stringMatching(/^<!DOCTYPE html>/) });
    expect((await instead({ action: "html" })).status).toBe(502);
    expect(await instead({ status: 400, body: { error: { code: "x" } } })).toMatchObject({ status: 400, text: '{"error":{"code":"x"}}' });
    expect(await instead({ status: 200, body: "{ broken" })).toMatchObject({ status: 200, text: "{ broken" });
  });
});

describe("a good page is changed", () => {
  const two = { "@odata.context": "c", "@odata.nextLink": "https://localhost:1/next", value: [{ id: "a", from: { user: 1 }, file: { hashes: { x: 1 } } }, { id: "b", from: null }] };

  it("by edits alone, at every place that they name", () => {
    expect(page({ edits: [{ at: "/value/*/from", value: null }, { at: "/value/*/file/hashes" }, { at: "/value/1/malware", value: {} }] }, two)).toEqual({
      ...two, value: [{ id: "a", from: null, file: {} }, { id: "b", from: null, malware: {} }],
    });
    expect(page({ edits: [{ at: "/value/0" }, { at: "/@odata.nextLink" }, { at: "/absent/deep", value: 1 }] }, two)).toEqual({ "@odata.context": "c", value: [two.value[1]] });
    expect(page({ edits: [{ at: "/a~1b~0c", value: 2 }] }, { "a/b~c": 1 })).toEqual({ "a/b~c": 2 });
  });

  it("into an empty one whose link leads to it, by another address", () => {
    const empty = page({ action: "empty-page" }, two);
    expect(empty).toEqual({ "@odata.context": "c", "@odata.nextLink": `${PAGE.href}&sandbox-again=1`, value: [] });
    expect(page({ action: "empty-page" }, { id: "no page" })).toEqual({ id: "no page" });
  });

  it("into one whose link is its own, or the first that matched; a last page stays the last", () => {
    expect(page({ action: "repeat-link" }, two)["@odata.nextLink"]).toBe(PAGE.href);
    expect(page({ action: "repeat-link" }, { value: [] })).toEqual({ value: [] });
    const plan = new FaultPlan([{ match: "GET", nth: 2, action: "loop" }]);
    plan.due("GET", new URL("https://localhost:1/v1.0/first?a=1"));
    const strike = plan.due("GET", PAGE);
    expect(strike === undefined ? "" : changed(strike, { json: two }, PAGE)).toMatchObject({ json: { "@odata.nextLink": "https://localhost:1/v1.0/first?a=1" } });
  });

  it("into one that tells each row twice", () => {
    expect(page({ action: "twice" }, two)["value"]).toEqual([...two.value, ...two.value]);
  });

  it("and an error is not", () => {
    const strike = new FaultPlan([{ match: "GET", action: "twice" }]).due("GET", PAGE);
    const refusal: Answer = { status: 404, json: { error: {}, value: [1] } };
    expect(strike === undefined ? "" : changed(strike, refusal, PAGE)).toEqual(refusal);
  });
});

describe("a fault on what an answer tells", () => {
  it("strikes where the answer would tell it, and leaves bytes alone", () => {
    const strike = new FaultPlan([{ match: "GET", tells: "Budget", status: 500 }]).due("GET", PAGE);
    if (strike === undefined) throw new Error("no strike");
    const answers: Answer[] = [{ json: { value: [{ subject: "Budget" }] } }, { json: { value: [{ subject: "Plan" }] } }, { status: 200, headers: {}, stream: undefined }];
    expect(answers.map((answer) => concerns(strike, answer))).toEqual([true, false, false]);
  });
});

describe("docs/sandbox.md", () => {
  const examples = [...readFileSync(path.join(ROOT, "docs/sandbox.md"), "utf8").matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, text = ""]) => JSON.parse(text) as Fault | Fault[]);

  it("shows faults that the sandbox takes, among them every action", () => {
    const all = examples.flat();
    expect(all.length).toBeGreaterThan(40);
    expect(() => new FaultPlan(all)).not.toThrow();
    expect(new Set(all.map(({ action }) => action).filter((action) => action !== undefined))).toEqual(new Set(["html", "reset", "truncate", "close", "empty-page", "repeat-link", "loop", "twice"]));
    expect(all.some(({ edits }) => edits !== undefined)).toBe(true);
  });
});
