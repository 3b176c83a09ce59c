import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "@jest/globals";
import { serverVerb, titleFor, useServer } from "../servers.js";
import { freePort } from "../free-port.js";
import { records, ROOT } from "./cli.js";

const MESSAGES = 150;
const PICTURES = 15;
/** Card of the team and card of the channel. */
const ITEMS = MESSAGES + 2;
const READ = { rooms: 2, messages: MESSAGES, reactions: 8, media: PICTURES, replies: 60, differences: [] };

const root = await mkdtemp(path.join(tmpdir(), "exodus-matrix-long-"));
await chmod(root, 0o755);
const env = { EXODUS_SERVERS_DIR: root, EXODUS_SYNAPSE_PORT: String(await freePort()) };
const synapse = useServer("synapse", env);

/** What `bench/matrix.js` does at its full size: one long conversation with pictures, killed on the way. */
(synapse === undefined ? describe.skip : describe)(titleFor("synapse", synapse), () => {
  const dir = path.join(root, "work");
  const bench = async (...kills: number[]): Promise<Record<string, unknown>[]> => {
    const args = [path.join(ROOT, "bench/matrix.js"), dir, String(MESSAGES), String(PICTURES), ...kills.map(String)];
    return records((await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } })).stdout);
  };

  afterAll(async () => {
    serverVerb("synapse", "stop", env);
    await rm(root, { recursive: true, force: true });
  });

  it("is whole and in order after two kills", async () => {
    const [first, second, last, reading] = await bench(40, 90);
    expect([first?.["run"], second?.["run"], last]).toMatchObject(["killed", "killed", { run: "ended", code: 0, counts: { failed: 0, pending: 0 } }]);
    const { migrated, "already-there": there } = last?.["counts"] as Record<string, number>;
    expect((migrated ?? 0) + (there ?? 0)).toBe(ITEMS);
    expect(reading).toEqual({ read: READ });
  });

  it("is not doubled by another vault that knows nothing of it", async () => {
    await rm(path.join(dir, "vault"), { recursive: true });
    const [run, reading] = await bench();
    expect(run).toMatchObject({ run: "ended", code: 0, counts: { migrated: 0, "already-there": ITEMS, failed: 0 } });
    expect(reading).toEqual({ read: READ });
  });
});
