import { describe, expect, it } from "@jest/globals";
import { goingOn, keeping } from "../../../src/cli/standing.js";

const UNIT = { workload: "mail", owner: "o" } as const;
const KNOWN = new Set(["a", "b", "archive"]);
const standsAt = (...targets: string[]) => ({ targets: ["a", "archive", "b", "gone"], has: (_unit: object, target: string) => Promise.resolve(targets.includes(target)), left: () => Promise.resolve<readonly string[]>([]), holds: ({ owner }: { readonly owner: string }) => Promise.resolve(owner === "held") });

describe("what stands at a target", () => {
  it.each<[string, string[], string[], object]>([
    ["nothing yet: the routes decide", [], ["a"], { targets: ["a"] }],
    ["goes on where the routes say so", ["a"], ["a"], { targets: ["a"] }],
    ["gets a further target", ["a"], ["a", "archive"], { targets: ["a", "archive"] }],
    ["is not written a second time elsewhere", ["a"], ["b"], { targets: ["a"], standing: ["a"], held: true }],
    ["is held with what it shares with the new route", ["a", "archive"], ["b", "archive"], { targets: ["a", "archive"], standing: ["a"], held: true }],
    ["goes on at a target that its route names no more, and others do", ["a", "archive"], ["archive"], { targets: ["a", "archive"], standing: ["a"], held: true }],
    ["follows the routes when no route names the old target", ["gone"], ["a"], { targets: ["a"], standing: ["gone"] }],
    ["gets no more where no route matches it any more", ["a"], [], { targets: [], standing: ["a"] }],
    ["is held at both where nobody said which is left", ["a", "b"], ["b"], { targets: ["a", "b"], standing: ["a"], held: true }],
  ])("%s", async (_name, at, routed, expected) => expect(await keeping(UNIT, routed, KNOWN, standsAt(...at))).toEqual(expected));

  const LEFT_A = { ...standsAt("a", "b"), left: () => Promise.resolve(["a"]) };
  it.each<[string, string[], object]>([
    ["the routes decide, and the old is told", ["b"], { targets: ["b"], standing: ["a"] }],
    ["a further target is written, and the old is not", ["b", "archive"], { targets: ["b", "archive"], standing: ["a"] }],
    ["another route holds it where it went to alone", ["archive"], { targets: ["b"], standing: ["b"], held: true }],
    ["a route back holds it too, until it is asked for", ["a"], { targets: ["b"], standing: ["b"], held: true }],
    ["a route to both has come back to the old", ["a", "b"], { targets: ["a", "b"], leaves: [] }],
    ["no route at all writes nothing", [], { targets: [], standing: ["a", "b"] }],
  ])("that was left by a reroute: %s", async (_name, routed, expected) => expect(await keeping(UNIT, routed, KNOWN, LEFT_A)).toEqual(expected));

  it("is left when a reroute is asked for, and come back to by another", async () => {
    expect(await keeping(UNIT, ["b"], KNOWN, standsAt("a", "gone"), true)).toEqual({ targets: ["b"], standing: ["a", "gone"], leaves: ["a", "gone"] });
    expect(await keeping(UNIT, ["a"], KNOWN, LEFT_A, true)).toEqual({ targets: ["a"], standing: ["b"], leaves: ["b"] });
    expect(await keeping(UNIT, ["b"], KNOWN, LEFT_A, true)).toEqual({ targets: ["b"], standing: ["a"] });
    // Stopped before anything reached the new target: the routes go on deciding.
    expect(await keeping(UNIT, ["b"], KNOWN, { ...standsAt("a"), left: () => Promise.resolve(["a"]) })).toEqual({ targets: ["b"], standing: ["a"] });
    expect((await goingOn(UNIT, KNOWN, LEFT_A)).targets).toEqual(["b"]);
  });

  it("goes on there, and only there, when nobody knows its routes", async () => {
    expect(await goingOn(UNIT, KNOWN, standsAt("a", "gone"))).toEqual({ targets: ["a"], nothing: false });
    expect(await goingOn({ ...UNIT, owner: "held" }, KNOWN, standsAt())).toEqual({ targets: [], nothing: false });
    expect(await goingOn(UNIT, KNOWN, standsAt())).toEqual({ targets: [], nothing: true });
  });

  it("is unknown without a vault", async () => expect(await keeping(UNIT, ["b"], KNOWN, undefined)).toEqual({ targets: ["b"] }));
});
