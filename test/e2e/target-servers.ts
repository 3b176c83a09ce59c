import { execFileSync, spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ownFolder, startOwn } from "../own-servers.js";
import { ROOT } from "./cli.js";
import { logWrites } from "./server-logs.js";

const READBACK = fileURLToPath(new URL("readback.py", import.meta.url));
const IMAP = 32143;
const CALDAV = 32232;
const WEBDAV = 32080;

/** Dovecot, Radicale and Apache of one suite: ports, accounts and data of their own, so that nobody else's writes are in their logs. */
export interface TargetServers {
  readonly root: string;
  /** `targets` and `routes` of a configuration that sends each workload to its server. */
  readonly config: Record<string, unknown>;
  /** What the servers hold for these owners, one line an item, read by a client that shares no code with the program. */
  readBack(owners: readonly string[]): string[];
  /** Requests and commands that change something, told by the servers' own logs since the last call. */
  writes(): Promise<string[]>;
  /** Bytes of quota for every `plein@…`, which share one mailbox; takes effect at the next sign-in. */
  setQuota(bytes: number): void;
  close(): Promise<void>;
}

/** Undefined when one is not installed: its name is printed (an error under `CI=true`). */
export async function startTargets(): Promise<TargetServers | undefined> {
  const root = await ownFolder("targets");
  const accounts = [...await readdir(path.join(ROOT, "fixtures/tenant/users")), "plein@commune.example"].join(" ");
  const servers = await startOwn(root, ["dovecot", "radicale", "apache"], {
    EXODUS_DOVECOT_PORT: String(IMAP), EXODUS_DOVECOT_TLS_PORT: "32193", EXODUS_DOVECOT_SIEVE_PORT: "32419", EXODUS_DOVECOT_LMTP_PORT: "32024", EXODUS_RADICALE_PORT: String(CALDAV),
    EXODUS_APACHE_PORT: String(WEBDAV), EXODUS_RADICALE_ACCOUNTS: accounts, EXODUS_APACHE_ACCOUNTS: accounts,
  });
  if (servers === undefined) return undefined;
  const logs = [path.join(root, "dovecot/run/log"), path.join(root, "radicale/run/log"), path.join(root, "apache/run/requests")];
  return {
    root,
    config: configOf(),
    readBack: (owners) => readback(["servers", String(IMAP), String(CALDAV), String(WEBDAV), path.join(root, "apache/data/dav"), ...owners]),
    writes: logWrites(logs, { absent: "empty" }),
    setQuota: (bytes) => {
      const users = path.join(root, "dovecot/conf/users");
      execFileSync("sed", ["-i", `s/^plein:.*/plein::::::: userdb_quota_rule=*:bytes=${bytes}/`, users]);
      execFileSync("doveadm", ["-c", path.join(root, "dovecot/conf/dovecot.conf"), "reload"], { env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` } });
    },
    close: () => servers.close(),
  };
}

/** The tenant folder's items in the form of `readBack`. */
export function tenantLines(tenant: string): string[] {
  return readback(["tenant", tenant]);
}

function configOf(): Record<string, unknown> {
  const password = "env:EXODUS_TEST_PASSWORD";
  return {
    targets: {
      courrier: { adapter: "imap", host: "127.0.0.1", port: IMAP, security: "none", password },
      agenda: { adapter: "caldav", url: `http://127.0.0.1:${CALDAV}/`, password },
      carnet: { adapter: "carddav", url: `http://127.0.0.1:${CALDAV}/`, password },
      fichiers: { adapter: "webdav", url: `http://127.0.0.1:${WEBDAV}/dav/{account}`, password },
    },
    routes: [{ workload: "mail", to: "courrier" }, { workload: "calendar", to: "agenda" }, { workload: "contacts", to: "carnet" }, { workload: "files", to: "fichiers" }],
  };
}

/** The messages of an account as its server gives them, byte for byte: `[owner, folder, SHA-256]`. */
export function serverBytes(imapPort: number, account: string): [string, string, string][] {
  return readback(["bytes", String(imapPort), account]).map((line) => JSON.parse(line) as [string, string, string]);
}

/** Radicale's package brings dateutil to Debian's own interpreter, which need not be the first one in the path. @throws Error when none has it. */
export function pythonWithDateutil(): string {
  const python = ["/usr/bin/python3", "python3"].find((one) => spawnSync(one, ["-c", "import dateutil"]).status === 0);
  if (python === undefined) throw new Error("no python3 with dateutil (Debian package python3-dateutil, which radicale depends on)");
  return python;
}

export function readback(args: readonly string[]): string[] {
  return execFileSync(pythonWithDateutil(), [READBACK, ...args], { encoding: "utf8", maxBuffer: 1 << 28 }).trim().split("\n").filter((line) => line !== "");
}
