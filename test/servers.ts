import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What a server script prints: where the server listens on loopback. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  readonly tlsPort?: number;
  readonly sievePort?: number;
  readonly sieveTlsPort?: number;
  readonly lmtpPort?: number;
  readonly caFile?: string;
  /** Folder of everything that the server writes. */
  readonly root: string;
  /** Of a Matrix home server. */
  readonly serverName?: string;
  /** Of Apache James: WebAdmin and IMAP. */
  readonly adminPort?: number;
  readonly imapPort?: number;
}

export type ServerName = "dovecot" | "radicale" | "sabre" | "cyrus" | "apache" | "synapse" | "james";

const SCRIPTS = fileURLToPath(new URL("../fixtures/servers/", import.meta.url));

/** Runs a verb of a server script; its standard output. @throws Error with the script's message when it fails. */
export function serverVerb(name: ServerName, verb: "start" | "stop" | "status" | "reset", env: NodeJS.ProcessEnv = {}): string {
  const run = spawnSync(path.join(SCRIPTS, name), [verb], { encoding: "utf8", env: { ...process.env, ...env } });
  if (run.status === 0) return run.stdout;
  throw new Error(`fixtures/servers/${name} ${verb} (exit ${run.status}): ${run.stderr.trim()}`);
}

/**
 * Starts the server (or finds it running). Undefined when it is not installed: the suite then skips its tests, and the reason is printed.
 * `env` may ask for an instance of the suite's own, with other ports and another folder (PORTS.md).
 * @throws Error when it is missing under `CI=true`, or installed and broken.
 */
export function useServer(name: ServerName, env: NodeJS.ProcessEnv = {}): RunningServer | undefined {
  const run = spawnSync(path.join(SCRIPTS, name), ["start"], { encoding: "utf8", env: { ...process.env, ...env } });
  if (run.status === 0) return JSON.parse(run.stdout) as RunningServer;
  const reason = run.stderr.trim();
  if (run.status !== 3 || process.env["CI"] === "true") throw new Error(`fixtures/servers/${name} start (exit ${run.status}): ${reason}`);
  process.stderr.write(`skipped, no ${name}: ${reason}\n`);
  return undefined;
}

/** `describe` when the server is there, `describe.skip` naming it otherwise. */
export function titleFor(name: ServerName, server: RunningServer | undefined): string {
  return server === undefined ? `${name} (skipped: not installed, run fixtures/servers/${name} install)` : name;
}
