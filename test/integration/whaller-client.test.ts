import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { DEFAULTS } from "../emulators/whaller/server.js";
import { APPLICATION, emulatedWhaller, PERSON } from "../whaller.js";

const CLIENT = fileURLToPath(new URL("../../fixtures/whaller/whaller", import.meta.url));
const SPHERE = "7cc4wo";
const server = emulatedWhaller({ [SPHERE]: "Eau" });

interface Driven {
  readonly published: Readonly<Record<"renewed" | "me" | "spheres" | "networks" | "phones" | "notifications" | "wrong" | "folder" | "file", unknown>>;
  /** Numbers of two folders, and what was told of two files. */
  readonly completed: readonly [number, number, object, object];
}

/** Undefined when the client is not installed. @throws Error with the script's own words for everything else. */
async function driven(address: string, fields: string, auth: string): Promise<Driven | undefined> {
  const env = { WHALLER_ID: APPLICATION.clientId, WHALLER_TOKEN: APPLICATION.clientToken, WHALLER_LOGIN: PERSON.login, WHALLER_PASSWORD: PERSON.password, WHALLER_SPHERE: SPHERE, WHALLER_FIELDS: fields, WHALLER_AUTH: auth };
  const child = spawn(CLIENT, ["run", address], { env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => { stdout += String(chunk); });
  child.stderr.on("data", (chunk) => { stderr += String(chunk); });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code === 0) return JSON.parse(stdout) as Driven;
  if (code !== 3 || process.env["CI"] === "true") throw new Error(`fixtures/whaller/whaller run (exit ${code}): ${stderr.trim().slice(-2000)}`);
  return undefined;
}

await server.start();
afterAll(() => server.stop());
const there = (await driven(server.url, "form", "bearer")) !== undefined;

(there ? describe : describe.skip)(there ? "Whaller's own client against the emulated one" : "Whaller's own client (skipped: not installed, run fixtures/whaller/whaller install)", () => {
  let told: Driven;
  beforeAll(async () => {
    told = (await driven(server.url, "form", "bearer")) as Driven;
  });
  beforeEach(() => server.store.clear());
  afterAll(() => expect(server.undescribed).toEqual([]));

  it("signs in, renews its token, and reads who it is and where, as published", () => {
    const { renewed, me, spheres, networks, phones, notifications, wrong } = told.published;
    expect({ renewed, me, spheres, networks, phones, notifications }).toMatchObject({ renewed: true, me: { id: 7 }, spheres: [{ name: "Eau" }], networks: [{ name: "Commune" }], phones: [], notifications: [] });
    expect(wrong).toMatch(/^ApiError: 'API Error: /);
  });

  it("puts nothing into a box as published: the two methods are not there", () => {
    const { folder, file } = told.published;
    expect([folder, file]).toEqual(["AttributeError: 'Client' object has no attribute 'call_auth_post'", "AttributeError: 'Client' object has no attribute 'send_post_content'"]);
  });

  it.each([["form", "bearer"], ["query", "bearer"], ["form", "application"]] as const)("with these two added, makes folders and files, in pieces too: fields in the %s, %s", async (fields, auth) => {
    Object.assign(server.settings, DEFAULTS, { uploadFields: fields, uploadAuth: auth });
    const { completed } = (await driven(server.url, fields, auth)) as Driven;
    const large = createHash("sha256").update("0123456789".repeat(2_500_000)).digest("hex");
    const small = createHash("sha256").update("un").digest("hex");
    expect(server.store.files()).toEqual([`${SPHERE}/Avis v1.2.pdf ${small}`, `${SPHERE}/Marchés/2026/gros.bin ${large}`]);
    expect(completed).toEqual([server.store.resources[0]?.id, server.store.resources[1]?.id, { id: expect.any(Number), name: "Avis v1.2", ext: "pdf" }, { id: expect.any(Number), name: "gros", ext: "bin" }]);
  });
});
