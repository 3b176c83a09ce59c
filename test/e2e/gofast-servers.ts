import { readdir } from "node:fs/promises";
import path from "node:path";
import { AlfrescoFront } from "../emulators/alfresco/front.js";
import { freePort } from "../free-port.js";
import { ownFolder, startOwn } from "../own-servers.js";
import { ROOT } from "./cli.js";
import { logWrites } from "./server-logs.js";
import { synapsePart } from "./synapse-part.js";
import { readback } from "./target-servers.js";

const SPACE = "/alfresco/webdav/Sites/_Organisations/_Eaux";

/** The servers of a GoFAST, of one suite: Apache in the manner of Alfresco, and Synapse. */
export interface GofastServers {
  /** The one target of a configuration. */
  readonly target: Readonly<Record<"adapter" | "webdav" | "matrix", unknown>>;
  /** Files of these owners, read from Apache itself by a client that shares no code with the program; names as a person would read them. */
  readFiles(owners: readonly string[]): string[];
  /** Rooms compared with the tenant folder's conversations by another reader; answers as threads, or as a client without threads shows them. */
  readRooms(tenant: string, answers?: "thread" | "reply"): Record<string, unknown>;
  /** Files that a GoFAST would not show, and folders that it would take for spaces. */
  unseen(): readonly string[];
  /** What changed anything at any of the servers since the last call, told by their logs. */
  writes(): Promise<string[]>;
  close(): Promise<void>;
}

/** Undefined when one is not installed: its name is printed (an error under `CI=true`). */
export async function startGofast(): Promise<GofastServers | undefined> {
  const root = await ownFolder("gofast");
  const owners = await readdir(path.join(ROOT, "fixtures/tenant/users"));
  const [chat, files] = [await synapsePart(root), await freePort()];
  const servers = await startOwn(root, ["apache", "synapse"], { ...chat.env, EXODUS_APACHE_PORT: String(files), EXODUS_APACHE_ACCOUNTS: owners.join(" ") });
  if (servers === undefined) return undefined;
  const front = new AlfrescoFront(new URL(`http://127.0.0.1:${files}`), SPACE, "/dav");
  await front.start();
  process.env["EXODUS_TEST_FILES"] = "secret";
  return {
    target: {
      adapter: "gofast",
      webdav: { url: `${front.url}/{account}`, password: "env:EXODUS_TEST_FILES", probe: owners[0] },
      matrix: chat.options,
    },
    readFiles: (wanted) => readback(["files", String(files), path.join(root, "apache/data/dav"), ...wanted]).map(asRead),
    readRooms: (tenant, answers = "thread") => chat.readRooms(tenant, "7", answers),
    unseen: () => [...front.unseen],
    writes: logWrites([path.join(root, "apache/run/requests"), chat.log]),
    close: async () => {
      await front.stop();
      await servers.close();
    },
  };
}

/** The tenant folder's files, in the form of `readFiles`. */
export function tenantFiles(tenant: string): string[] {
  return readback(["tenant", tenant]).filter((line) => (JSON.parse(line) as string[])[1] === "file").map(asRead);
}

/** Percent sequences of a name undone, but for the one character that no path holds. */
function asRead(line: string): string {
  const [owner, kind, place, ...rest] = JSON.parse(line) as [string, string, string, ...unknown[]];
  return JSON.stringify([owner, kind, place.replace(/(?:%(?!2F)[0-9A-F]{2})+/g, decodeURIComponent), ...rest]);
}
