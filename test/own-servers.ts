import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { serverVerb, useServer, type RunningServer, type ServerName } from "./servers.js";

/** A folder for servers of one suite, which run as other users. */
export async function ownFolder(name: string): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), `exodus-${name}-`));
  await chmod(root, 0o755);
  return root;
}

/** Servers of one suite, so that nobody else's writes are in their logs. */
export interface OwnServers {
  /** In the order in which they were asked for. */
  readonly running: readonly RunningServer[];
  restart(name: ServerName): void;
  /** Stops them and removes their folder. */
  close(): Promise<void>;
}

/** `env`: their ports and accounts (fixtures/servers/PORTS.md). Undefined when one is not installed, whose name is printed (an error under `CI=true`): then none runs, and the folder is gone. */
export async function startOwn(root: string, names: readonly ServerName[], env: Readonly<Record<string, string>>): Promise<OwnServers | undefined> {
  const told = { ...env, EXODUS_SERVERS_DIR: root };
  const close = async (): Promise<void> => {
    for (const name of names) serverVerb(name, "stop", told);
    await rm(root, { recursive: true, force: true });
  };
  const running = names.flatMap((name) => useServer(name, told) ?? []);
  if (running.length < names.length) {
    await close();
    return undefined;
  }
  return { running, restart: (name) => { for (const verb of ["stop", "start"] as const) serverVerb(name, verb, told); }, close };
}
