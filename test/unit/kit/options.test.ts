import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { credentialsOf, fillTemplate, secretRef } from "../../../src/kit/options.js";
import { testEnvironment } from "../../environment.js";

const environment = testEnvironment("mairie", { "env:P": "commun", "file:comptes.csv": "Zoe@commune.example;\"p;1\"\npaul@commune.example;p2\n", "file:torn.csv": "a;\"secret" });

describe("credentials", () => {
  it("come from the account's own line, else from the common password", async () => {
    const credentials = await credentialsOf({ user: "{account}*admin", password: "env:P", accounts: "file:comptes.csv" }, environment);
    expect(credentials("zoe@commune.example")).toEqual({ user: "zoe@commune.example*admin", password: "p;1" });
    expect(credentials("autre@commune.example")).toEqual({ user: "autre@commune.example*admin", password: "commun" });
  });

  it("park an account that has none", async () => {
    const credentials = await credentialsOf({ user: "{account}", accounts: "file:comptes.csv" }, environment);
    expect(() => credentials("autre")).toThrow(expect.objectContaining({ code: "TARGET_CREDENTIAL", errorClass: "permanent-container" }));
  });

  it("do not repeat a line of the file that cannot be read", async () => {
    const thrown = await credentialsOf({ user: "{account}", accounts: "file:torn.csv" }, environment).catch((error: unknown) => error as ExodusError);
    expect(thrown).toBeInstanceOf(ExodusError);
    expect(JSON.stringify([thrown, (thrown as ExodusError).message, String((thrown as ExodusError).cause)])).not.toContain("secret\"");
  });
});

describe("templates and references", () => {
  it("fill every place, and take the account as it is", () => {
    expect(fillTemplate("/{account}/{account}", "a$&b", encodeURIComponent)).toBe("/a%24%26b/a%24%26b");
  });

  it("refuse a secret by value", () => {
    expect(secretRef.safeParse("hunter2").success).toBe(false);
    expect(secretRef.safeParse("env:HUNTER").success).toBe(true);
  });
});
