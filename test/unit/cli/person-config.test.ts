import { describe, expect, it } from "@jest/globals";
import { ExodusConfig } from "../../../src/config/schema.js";
import { tenantSize } from "../../../src/cli/frame.js";
import { publishedLimits } from "../../../src/graph/pace/limits.js";

const told = (source: Record<string, unknown>, changes: Record<string, unknown> = {}): unknown => {
  const parsed = ExodusConfig.safeParse({ source: { tenantId: "t", clientId: "c", ...source }, targets: { archive: { adapter: "archive" } }, routes: [{ workload: "all", to: "archive" }], ...changes });
  return parsed.success ? "taken" : parsed.error.issues.map(({ path }) => path.join("."));
};

describe("a configuration where a person signs in", () => {
  it.each([
    ["no credential", {}, {}, "taken"],
    ["a secret", { clientSecret: "env:SECRET" }, {}, ["source.deviceCode"]],
    ["half a certificate", { certificate: "file:app.crt" }, {}, ["source.deviceCode"]],
    ["further applications", { apps: [{ clientId: "x", clientSecret: "env:SECRET" }] }, {}, ["source.apps"]],
    ["groups", {}, { groups: "all" }, ["groups"]],
    ["sites", {}, { sites: ["x.sharepoint.com/sites/y"] }, ["sites"]],
    ["a file of its own for the sign-in", { keepSignIn: "./me.sign-in" }, {}, "taken"],
    ["nothing kept", { keepSignIn: false }, {}, "taken"],
  ])("with %s", (_, source, changes, answer) => expect(told({ deviceCode: true, ...source }, changes)).toEqual(answer));

  it("where none does, there is a credential", () => expect([told({}), told({ clientSecret: "env:SECRET" })]).toEqual([["source"], "taken"]));

  it("keeps OneNote's limits for people, which are lower than those of applications", () => {
    const source = (deviceCode: boolean): ReturnType<typeof tenantSize> => tenantSize(ExodusConfig.parse({
      source: { tenantId: "t", clientId: "c", ...(deviceCode ? { deviceCode } : { clientSecret: "env:S" }) }, targets: {}, routes: [{ workload: "notes", to: "a" }],
    }).source);
    const onenote = (deviceCode: boolean): unknown => publishedLimits(source(deviceCode)).filter(({ key }) => key.startsWith("graph:onenote:")).map(({ concurrent }) => concurrent);
    expect([onenote(true), onenote(false)]).toEqual([[5], [20]]);
  });
});
