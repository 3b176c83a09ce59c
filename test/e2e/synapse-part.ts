import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.js";
import { cli } from "./cli.js";

export const SERVER = "eaux-vallee.example";
const READER = fileURLToPath(new URL("read_matrix.py", import.meta.url));

/** A Synapse of a suite's own, which knows nothing but the registration file that the program writes. */
export interface SynapsePart {
  /** With it `fixtures/servers/synapse` starts the server. */
  readonly env: Readonly<Record<string, string>>;
  /** Path of the registration file, and the `as_token` in it. */
  readonly registration: string;
  readonly token: string;
  /** Options of an adapter that writes there. */
  readonly options: Readonly<Record<"url" | "token" | "domains", unknown>>;
  readonly log: string;
  /** Rooms compared with the tenant folder's conversations by a reader that shares no code with the program. `more`: rooms to a page, and how answers are shown. */
  readRooms(tenant: string, ...more: string[]): Record<string, unknown>;
}

/** `root`: folder of the suite's servers. @throws Error when the program does not write the registration. */
export async function synapsePart(root: string): Promise<SynapsePart> {
  const registration = path.join(root, "registration.yaml");
  const written = await cli(["matrix", "registration", "--server", SERVER, "--exclusive", "--output", registration]);
  if (written.code !== 0) throw new Error(written.stderr);
  const token = /^as_token: (\w+)$/m.exec(await readFile(registration, "utf8"))?.[1] ?? "";
  process.env["EXODUS_TEST_AS"] = token;
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  return {
    env: { EXODUS_SYNAPSE_PORT: port, EXODUS_SYNAPSE_NAME: SERVER, EXODUS_SYNAPSE_REGISTRATION: registration },
    registration, token, log: path.join(root, "synapse/run/log"),
    options: { url, token: "env:EXODUS_TEST_AS", domains: [SERVER] },
    readRooms: (tenant, ...more) => JSON.parse(execFileSync("python3", [READER, tenant, url, token, SERVER, ...more], { encoding: "utf8" })) as Record<string, unknown>,
  };
}
