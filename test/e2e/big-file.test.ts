import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bodyHash } from "../../src/drivers/http/body-hash.js";
import { APPLICATION, emulatedWhaller, PERSON, whallerOptions } from "../whaller.js";
import { summary, workDir, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { cliMeasured } from "./measured.js";
import { stage, type Stage } from "./stage.js";

const OWNER = "zoe@commune.example";
const PIECES = 48;
const PIECE = 10_000_019;
/** Megabytes that the program may have resident, with a heap of 96: less than the file has. */
const MOST = 400;

describe("a file larger than the memory that the program may take", () => {
  const server = emulatedWhaller({ s1: "Zoé" });
  let staged: Stage;
  let work: WorkDir;
  [process.env["WHALLER_TOKEN"], process.env["WHALLER_PASSWORD"]] = [APPLICATION.clientToken, PERSON.password];

  beforeAll(async () => {
    await server.start();
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Commune", domain: "commune.example" }));
      await mkdir(path.join(tenant, "users", OWNER, "drive"), { recursive: true });
      const file = await open(path.join(tenant, "users", OWNER, "drive/conseil.bin"), "w");
      for (let piece = 0; piece < PIECES; piece += 1) await file.write(Buffer.alloc(PIECE, `${piece}é`));
      await file.close();
    });
    work = await workDir(staged.served, { routes: [{ workload: "files", to: "box" }], targets: { box: { adapter: "whaller", ...whallerOptions(server, { [OWNER]: "s1" }) } } });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("arrives in pieces, byte for byte", async () => {
    const run = await cliMeasured(96, ["migrate", "--config", work.config, "--json"]);
    const { sha256, size } = await bodyHash(createReadStream(path.join(staged.tenant, "users", OWNER, "drive/conseil.bin")));
    expect({ code: run.code, failed: summary(run.stdout).counts["failed"] }).toEqual({ code: 0, failed: 0 });
    expect(server.store.resources.filter(({ type }) => type === 2).map(({ name, ext, cloudFile }) => [name, ext, cloudFile?.size, cloudFile?.sha256])).toEqual([["conseil", "bin", size, sha256]]);
    expect([size > MOST * 1024 * 1024, run.peakMb < MOST]).toEqual([true, true]);
    expect(server.undescribed).toEqual([]);
  });
});
