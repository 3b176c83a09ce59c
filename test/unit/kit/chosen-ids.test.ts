import { describe, expect, it } from "@jest/globals";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { claim, standing, type ChosenIds } from "../../../src/kit/chosen-ids.js";
import { isNameUuid, nameUuid, nameUuids } from "../../../src/lib/name-uuid.js";

type State = "stands" | "gone" | "broken";

/** A server that keeps the identifiers of what was thrown away. */
function serverOf(rows: Map<string, State>): ChosenIds<{ id: string; state: State }> & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked, target: "cible", judge: ({ state }) => state,
    make: (id) => {
      asked.push(`make ${id}`);
      if (rows.has(id)) return Promise.resolve(undefined);
      rows.set(id, "stands");
      return Promise.resolve({ id, state: "stands" });
    },
    get: (id) => Promise.resolve(rows.has(id) ? { id, state: rows.get(id) ?? "gone" } : undefined),
    discard: (id) => Promise.resolve(void rows.set(id, "gone")),
  };
}

describe("identifiers of our own choice", () => {
  const [first = "", second = "", third = ""] = nameUuids("graine");

  it("are version 5 UUIDs, the same for the same name, and others for another", () => {
    expect(nameUuid("a")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([nameUuid("a"), new Set(nameUuids("a")).size]).toEqual([nameUuid("a"), 1_000]);
    expect([...nameUuids("b")]).not.toContain(first);
    expect([...nameUuids("graine")]).toContain(first);
    const last = [...nameUuids("graine")].at(-1) ?? "";
    expect([isNameUuid(first, "graine"), isNameUuid(last, "graine"), isNameUuid(first, "b")]).toEqual([true, true, false]);
  });

  it("make a thing once: a repeat takes what stands", async () => {
    const rows = new Map<string, State>();
    expect(await claim("graine", serverOf(rows))).toMatchObject({ item: { id: first }, made: true });
    expect(await claim("graine", serverOf(rows))).toMatchObject({ item: { id: first }, made: false });
    expect([...rows.keys()]).toEqual([first]);
  });

  it("pass over what lies in the trash, and throw away what is of no use", async () => {
    const rows = new Map<string, State>([[first, "gone"], [second, "broken"]]);
    expect(await claim("graine", serverOf(rows))).toMatchObject({ item: { id: third }, made: true });
    expect(rows.get(second)).toBe("gone");
    expect(await standing("graine", serverOf(rows))).toMatchObject({ id: third });
    expect(await standing("autre", serverOf(rows))).toBeUndefined();
  });

  it("are many: what breaks twenty times arrives the next time", async () => {
    const rows = new Map<string, State>([...nameUuids("graine")].slice(0, 20).map((id) => [id, "broken"]));
    expect(await claim("graine", serverOf(rows))).toMatchObject({ item: { id: [...nameUuids("graine")][20] }, made: true });
    expect([...rows.values()].filter((state) => state === "broken")).toEqual([]);
  });

  it("that the server purged hide none that stands after them, and a search ends", async () => {
    const at = (index: number): Map<string, State> => new Map([[[...nameUuids("graine")][index] ?? "", "stands"]]);
    expect(await standing("graine", serverOf(at(5)))).toMatchObject({ state: "stands" });
    expect(await standing("graine", serverOf(at(500)))).toBeUndefined();
  });

  it("are refused by name when all are spent", async () => {
    const error = await thrownBy(() => claim("graine", serverOf(new Map([...nameUuids("graine")].map((id) => [id, "gone"])))));
    expect([error.code, error.params["count"]]).toEqual(["TARGET_IDS_SPENT", 1_000]);
  });
});
