import { describe, expect, it } from "@jest/globals";
import { answers, askedFacts, chooser, NamedOwners, shadowed } from "../../../src/config/routes.js";
import { ExodusConfig, type RouteConfig } from "../../../src/config/schema.js";
import type { OwnerFacts } from "../../../src/core/source.js";

const CLAIRE = { name: "claire@mairie.example", kind: "user" } as const;
const facts = (groups: OwnerFacts["groups"] = {}, attributes: OwnerFacts["attributes"] = {}): OwnerFacts => ({ groups, attributes });
const goes = (routes: readonly RouteConfig[], told?: OwnerFacts, owner: Parameters<ReturnType<typeof chooser>>[0] = CLAIRE): Record<string, unknown> =>
  Object.fromEntries([...chooser(routes)(owner, told)].map(([workload, { route, targets, also }]) => [workload, [route, targets.join("+"), ...also]]));
const parsed = (routes: unknown, changes: Record<string, unknown> = {}): string[] => {
  const told = ExodusConfig.safeParse({ targets: { a: { adapter: "archive" }, b: { adapter: "archive" } }, routes, ...changes });
  return told.success ? [] : told.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
};

describe("routes", () => {
  it("take of each workload the first that matches, by name, group or property, and leave out on purpose", () => {
    const routes: RouteConfig[] = [
      { workload: ["mail", "calendar"], to: "mail" },
      { workload: "files", to: "none", owners: ["PAUL@mairie.example"] },
      { workload: "files", to: "finances", group: ["Finances", "Trésorerie"] },
      { workload: "files", to: ["dsi", "archive"], where: { department: "DSI", city: ["Nantes", "Rezé"] } },
      { workload: ["files", "contacts"], to: "archive" },
    ];
    const nobody = { Finances: false, Trésorerie: false };
    expect(goes(routes, facts({ ...nobody, Trésorerie: true }, { department: "DSI", city: "Nantes" }))).toEqual({ mail: [1, "mail"], calendar: [1, "mail"], files: [3, "finances", 4], contacts: [5, "archive"] });
    expect(goes(routes, facts(nobody, { department: " dsi ", city: "REZÉ" }))["files"]).toEqual([4, "dsi+archive"]);
    expect(goes(routes, facts(nobody, { department: "DSI", city: "Brest" }))["files"]).toEqual([5, "archive"]);
    expect(goes(routes, facts(nobody, { department: "", city: "" }), { ...CLAIRE, name: "paul@mairie.example" })["files"]).toEqual([2, ""]);
    // A site has no entry in the directory, so no group and no property: nothing has to be told of it.
    expect(goes(routes, undefined, { name: "mairie.example/sites/eau", kind: "site" })["files"]).toEqual([5, "archive"]);
    expect(askedFacts(routes)).toEqual({ groups: ["Finances", "Trésorerie"], attributes: ["department", "city"] });
    expect(askedFacts([{ workload: "all", to: "archive", owners: ["x"] }])).toBeUndefined();
  });

  it("name no second match that leads to the same target, nor a route for everybody", () => {
    const selective: RouteConfig[] = [{ workload: "mail", to: "a", group: "G" }, { workload: "mail", to: "a", group: "H" }, { workload: "mail", to: "b" }];
    expect(goes(selective, facts({ G: true, H: true }))).toEqual({ mail: [1, "a"] });
  });

  it("refuse to guess what the directory was not asked or did not tell", () => {
    const asking: RouteConfig[] = [{ workload: "mail", to: "a", group: "G" }, { workload: "all", to: "b" }];
    expect(() => goes(asking, undefined)).toThrow(expect.objectContaining({ code: "ROUTE_FACTS_UNTOLD", params: { owner: CLAIRE.name, route: 1 } }));
    expect(() => goes(asking, facts({ Other: true }))).toThrow(expect.objectContaining({ code: "ROUTE_FACTS_UNTOLD" }));
    expect(() => goes([{ workload: "mail", to: "a", where: { department: "DSI" } }], facts({}, {}))).toThrow(expect.objectContaining({ code: "ROUTE_FACTS_UNTOLD" }));
  });

  it("leave open, where others were answered, what was not told of an owner that the source no longer lists", () => {
    const routes: RouteConfig[] = [{ workload: "mail", to: "a" }, { workload: "files", to: "b", group: ["G", "H"], where: { city: "Brest" } }, { workload: "all", to: "c" }];
    const open = (told?: OwnerFacts): unknown => Object.fromEntries([...chooser(routes)(CLAIRE, told, undefined, true)].filter(([workload]) => ["mail", "files", "notes"].includes(workload)).map(([workload, choice]) => [workload, choice.untold ?? choice.targets]));
    const untold = { mail: ["a"], files: true, notes: ["c"] };
    expect([open(), open(facts({ G: false }, { city: "Brest" })), open(facts({ G: true }))]).toEqual([untold, untold, untold]);
    // One answer suffices where it decides.
    expect([open(facts({ G: true }, { city: "Brest" })), open(facts({}, { city: "Rezé" }))]).toEqual([{ ...untold, files: ["b"] }, { ...untold, files: ["c"] }]);
    const asked = askedFacts(routes);
    expect([facts({ G: true, H: false }, { city: "" }), facts({ G: true }, { city: "" }), facts({ G: true, H: false })].map((told) => asked !== undefined && answers(told, asked))).toEqual([true, false, false]);
  });

  it("tell what a route for everybody takes from a later one that names other targets", () => {
    const told = (routes: RouteConfig[]): unknown[] => shadowed(routes).map(({ workload, route, also, to }) => [workload, route, also, ...to]);
    expect(told([{ workload: "mail", to: "courrier" }, { workload: "all", to: ["courrier", "archive"] }])).toEqual([["mail", 1, 2, "archive"]]);
    // The same target, a route for some, and what is left out on purpose are as they are meant.
    expect(told([{ workload: "mail", to: "a" }, { workload: "all", to: "a" }])).toEqual([]);
    expect(told([{ workload: "mail", to: "a", group: "G" }, { workload: "all", to: "b" }])).toEqual([]);
    expect(told([{ workload: "mail", to: "none" }, { workload: "all", to: "b" }])).toEqual([]);
  });

  it("tell names that nobody has, and stop where such a one was to be left out", () => {
    const unmet = (routes: RouteConfig[], ...listed: string[]): unknown[] => {
      const named = new NamedOwners(routes);
      for (const name of listed) named.met(name);
      return [...named.unmet()];
    };
    const routes: RouteConfig[] = [{ workload: "mail", to: "a", owners: ["Zoe@x", "luc@x"] }, { workload: "files", to: "b", owners: ["luc@x"] }, { workload: "files", to: "none", owners: ["ana@x", "x.example/sites/eau", "p_y#EXT#@x"] }];
    expect(unmet(routes, "zoe@x", "ana@x")).toEqual([[1, ["luc@x"]], [2, ["luc@x"]], [3, ["x.example/sites/eau", "p_y#EXT#@x"]]]);
    expect(() => unmet(routes, "zoe@x", "luc@x")).toThrow(expect.objectContaining({ code: "ROUTE_NONE_UNKNOWN", params: { owner: "ana@x", route: 3 } }));
  });

  it("by kind go by the identity map, and wait for it where it says nothing", () => {
    const routes: RouteConfig[] = [{ workload: "mail", to: "archive", kind: ["leaver", "shared"] }, { workload: ["mail", "files"], to: "mail" }];
    const by = (kind: "leaver" | "person" | "unknown" | undefined): Record<string, unknown> => Object.fromEntries([...chooser(routes)(CLAIRE, undefined, kind)].map(([workload, { route }]) => [workload, route]));
    expect([by("leaver"), by("person"), by("unknown"), by(undefined)]).toEqual([{ mail: 1, files: 2 }, { mail: 2, files: 2 }, { files: 2 }, { files: 2 }]);
    expect(goes(routes, undefined, { name: "equipe@x", kind: "group" })).toEqual({ mail: [2, "mail"], files: [2, "mail"] });
    expect(parsed([{ workload: "mail", to: "a", kind: "leaver" }])).toEqual([expect.stringContaining("routes.0.kind needs `identities`")]);
  });

  it("are refused by the configuration when one can never be taken, and groups where a person signs in", () => {
    expect(parsed([{ workload: "mail", to: "a" }, { workload: "all", to: "b" }])).toEqual([]);
    expect(parsed([{ workload: "mail", to: "a", group: "G" }, { workload: "mail", to: "b" }])).toEqual([]);
    expect(parsed([{ workload: "all", to: "a" }, { workload: "mail", to: "b", group: "G" }])).toEqual([expect.stringMatching(/^routes\.1 is never taken: .*to: \[a, b\]/)]);
    expect(parsed([{ workload: "mail", to: "a" }, { workload: "files", to: "b" }, { workload: ["mail", "files"], to: "b" }])).toEqual([expect.stringMatching(/^routes\.2 /)]);
    expect(parsed([{ workload: "mail", to: "a", group: "G" }], { source: { tenantId: "t", clientId: "c", deviceCode: true } })).toEqual([expect.stringContaining("routes.0 group and where need an application")]);
    expect(parsed([{ workload: "mail", to: "a" }], { targets: { a: { adapter: "archive" }, none: { adapter: "archive" } } })).toEqual([expect.stringContaining("no name for a target")]);
    expect(parsed([{ workload: "mail", to: "a", where: { shoeSize: "42" } }])).toEqual([expect.stringContaining("routes.0.where")]);
  });
});
