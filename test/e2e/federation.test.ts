import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import { cli, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const ISSUER = "https://gitlab.mairie.example";
const SUBJECT = "project_path:dsi/migration:ref_type:branch:ref:main";

describe("sign-in with a token of the CI system", () => {
  let staged: Stage;
  let work: WorkDir;
  let key: CryptoKey;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const pair = await generateKeyPair("RS256");
      key = pair.privateKey;
      const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k1", alg: "RS256" }] };
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example", federatedCredentials: [{ issuer: ISSUER, subject: SUBJECT, jwks }] }));
    });
    work = await workDir(staged.served, {}, { clientSecret: undefined, federatedToken: "file:token" });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  const present = async (claims: { iss?: string; sub?: string; aud?: string; exp?: number }, signedBy: CryptoKey = key): Promise<{ code: number | null; told: string }> => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: "RS256", kid: "k1" }).setIssuedAt().setIssuer(claims.iss ?? ISSUER).setSubject(claims.sub ?? SUBJECT)
      .setAudience(claims.aud ?? "api://AzureADTokenExchange").setExpirationTime(claims.exp ?? "5m").sign(signedBy);
    await writeFile(path.join(work.dir, "token"), `${token}\n`);
    const { code, stdout, stderr } = await cli(["migrate", "--config", work.config]);
    expect(`${stdout}${stderr}`).not.toContain(token.split(".")[2]);
    return { code, told: stderr };
  };

  it("needs no secret, and takes the token that stands in the file at that time", async () => {
    expect(await present({})).toMatchObject({ code: 0 });
    expect(await present({ exp: Math.floor(Date.now() / 1000) + 3600 })).toMatchObject({ code: 0 });
  });

  it("says what a refused token claims to be", async () => {
    for (const [claims, number] of [
      [{ iss: "https://autre.example" }, "AADSTS700211"], [{ sub: SUBJECT.toUpperCase() }, "AADSTS700213"], [{ aud: "gitlab" }, "AADSTS700212"], [{ exp: 1_700_000_000 }, "AADSTS700024"],
    ] as const) {
      const { code, told } = await present(claims);
      expect({ code, number: told.includes(number) }).toEqual({ code: 13, number: true });
      for (const value of Object.values(claims)) expect(told).toContain(typeof value === "number" ? "2023-11-14T22:13:20.000Z" : value);
    }
    const stranger = await generateKeyPair("RS256");
    expect(await present({}, stranger.privateKey)).toMatchObject({ code: 13, told: expect.stringContaining("AADSTS50013") });
  });

  it("names what is no token, and a missing file", async () => {
    await writeFile(path.join(work.dir, "token"), "pas un jeton");
    const wrong = await cli(["doctor", "--config", work.config]);
    expect({ code: wrong.code, named: wrong.stderr.includes("not a JSON web token") || wrong.stdout.includes("not a JSON web token") }).toEqual({ code: 13, named: true });
    await rm(path.join(work.dir, "token"));
    const missing = await cli(["doctor", "--config", work.config]);
    expect({ code: missing.code, named: `${missing.stdout}${missing.stderr}` }).toEqual({ code: 10, named: expect.stringContaining("file:token") });
  });
});
