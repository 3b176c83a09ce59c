import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const PASSPHRASE = "ouvre-toi";

describe("sign-in with a PFX file", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage((tenant) => writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" })));
    work = await workDir(staged.served, {}, { clientSecret: undefined, pfx: "file:app.pfx", pfxPassphrase: "env:PFX_PASSPHRASE" });
    const { certificateFile = "", privateKeyFile = "" } = staged.served.ready;
    execFileSync("openssl", ["pkcs12", "-export", "-in", certificateFile, "-inkey", privateKeyFile, "-out", path.join(work.dir, "app.pfx"), "-passout", `pass:${PASSPHRASE}`]);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  const doctor = async (env: NodeJS.ProcessEnv): Promise<{ code: number | null; told: string }> => {
    const { code, stdout, stderr } = await cli(["doctor", "--config", work.config], { env });
    return { code, told: `${stdout}${stderr}` };
  };

  it("signs in by the certificate and key that it holds", async () => {
    expect(await doctor({ PFX_PASSPHRASE: PASSPHRASE })).toMatchObject({ code: 0, told: expect.stringContaining("sign-in") });
  });

  it("tells a wrong passphrase without telling it", async () => {
    const { code, told } = await doctor({ PFX_PASSPHRASE: "pas-la-bonne" });
    expect({ code, named: told.includes("passphrase does not open"), leaked: told.includes("pas-la-bonne") }).toEqual({ code: 13, named: true, leaked: false });
  });

  it("tells a clock that is wrong from a certificate that is", async () => {
    const shift = path.join(work.dir, "shift.mjs");
    await writeFile(shift, `const real = Date.now; const by = 3_600_000;
globalThis.Date = class extends Date { constructor(...args) { if (args.length === 0) super(real() + by); else super(...args); } static now() { return real() + by; } };\n`);
    const { code, told } = await doctor({ PFX_PASSPHRASE: PASSPHRASE, NODE_OPTIONS: `--import ${pathToFileURL(shift).href}` });
    expect({ code, told }).toEqual({ code: 13, told: expect.stringMatching(/clock differs from Microsoft's by (59|60|61) minutes \(\+\)/) });
    expect((await readFile(work.config, "utf8")).includes(PASSPHRASE)).toBe(false);
  });
});
