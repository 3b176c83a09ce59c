import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EmulatedStack } from "../emulators/cozy/server.js";
import { freePort } from "../free-port.js";
import { James } from "../james.js";
import { serverVerb, useServer, type ServerName } from "../servers.js";
import { cli, ROOT } from "./cli.js";
import { difference } from "./compare.js";
import { isWrite, readback } from "./target-servers.js";
import { driveLines, instanceOf } from "./twake-drive.js";

export const SERVER = "eaux-vallee.example";
const NAMES: readonly ServerName[] = ["james", "sabre", "synapse"];
const ROOMS = fileURLToPath(new URL("read_matrix.py", import.meta.url));
const ADMINISTRATOR = "exodus@commune.example";
const PASSPHRASE = "adminpw";

/** The servers of a Twake Workplace, of one suite: ports, accounts and data of their own. Twake Drive is the emulator. */
export interface TwakeServers {
  /** The one target of a configuration. */
  readonly target: Record<string, unknown>;
  /** What mail, calendar, contacts and drive hold for these owners, read by clients that share no code with the program. */
  readBack(owners: readonly string[]): Promise<string[]>;
  /** Rooms compared with the tenant folder's conversations by another reader. */
  readRooms(tenant: string): Record<string, unknown>;
  /** What changed anything at any of the servers since the last call, told by themselves. */
  writes(): Promise<string[]>;
  /** Scheduling messages that left the calendar server. */
  invitations(): Promise<string[]>;
  close(): Promise<void>;
}

/** Undefined when one is not installed: its name is printed (an error under `CI=true`). */
export async function startTwake(): Promise<TwakeServers | undefined> {
  const root = await mkdtemp(path.join(tmpdir(), "exodus-twake-"));
  await chmod(root, 0o755);
  const owners = await readdir(path.join(ROOT, "fixtures/tenant/users"));
  const registration = path.join(root, "registration.yaml");
  await cli(["matrix", "registration", "--server", SERVER, "--exclusive", "--output", registration]);
  const ports = { jmap: await freePort(), admin: await freePort(), imap: await freePort(), dav: await freePort(), chat: await freePort() };
  const env = {
    EXODUS_SERVERS_DIR: root, EXODUS_JAMES_PORT: String(ports.jmap), EXODUS_JAMES_ADMIN_PORT: String(ports.admin), EXODUS_JAMES_IMAP_PORT: String(ports.imap),
    EXODUS_SABRE_PORT: String(ports.dav), EXODUS_SABRE_ACCOUNTS: owners.join(" "), EXODUS_SYNAPSE_PORT: String(ports.chat), EXODUS_SYNAPSE_NAME: SERVER, EXODUS_SYNAPSE_REGISTRATION: registration,
  };
  const drive = new EmulatedStack(PASSPHRASE);
  await drive.start();
  for (const owner of owners) drive.add(instanceOf(owner));
  const close = async (): Promise<void> => {
    for (const name of NAMES) serverVerb(name, "stop", env);
    await drive.stop();
    await rm(root, { recursive: true, force: true });
  };
  const running = NAMES.map((name) => useServer(name, env));
  const mail = running[0];
  if (mail === undefined || running.includes(undefined)) {
    await close();
    return undefined;
  }
  const james = new James(mail);
  await james.admin("PUT", `/domains/${SERVER}`);
  for (const owner of owners) await james.addAccount(owner);
  const token = /^as_token: (\w+)$/m.exec(readFileSync(registration, "utf8"))?.[1] ?? "";
  Object.assign(process.env, { EXODUS_TEST_DAV: "admin-pass", EXODUS_TEST_MAIL: "secret", EXODUS_TEST_AS: token, EXODUS_TEST_COZY: PASSPHRASE });
  const [chat, dav] = [`http://127.0.0.1:${ports.chat}`, { url: `http://127.0.0.1:${ports.dav}/`, user: "admin&{account}", password: "env:EXODUS_TEST_DAV", probe: owners[0] }];
  const logs = new Map([["sabre", 0], ["synapse", 0]]);
  let mailboxes: readonly string[] | undefined;
  return {
    target: {
      adapter: "twake",
      imap: { host: "127.0.0.1", port: ports.imap, security: "none", admin: ADMINISTRATOR, password: "env:EXODUS_TEST_MAIL", probe: owners[0] },
      caldav: dav, carddav: dav,
      cozy: { url: "http://{local}.localhost", stack: drive.url, admin: drive.adminUrl, passphrase: "env:EXODUS_TEST_COZY", probe: owners[0] },
      matrix: { url: chat, token: "env:EXODUS_TEST_AS", domains: [SERVER] },
    },
    readBack: async (wanted) => {
      const files = await driveLines(drive, PASSPHRASE, wanted);
      return [...readback(["mail-and-dav", String(ports.imap), String(ports.dav), ...wanted]).map(compact), ...files];
    },
    readRooms: (tenant) => JSON.parse(execFileSync("python3", [ROOMS, tenant, chat, token, SERVER, "100", "reply"], { encoding: "utf8" })) as Record<string, unknown>,
    writes: async () => {
      const found = drive.writes();
      // James tells no commands: its mailboxes tell by themselves whether anything was written.
      const standing = readback(["marks", String(ports.imap), ...owners]);
      found.push(...difference(standing, mailboxes ?? standing));
      mailboxes = standing;
      for (const [name, from] of logs) {
        const text = await readFile(path.join(root, name, "run/log"), "utf8");
        found.push(...text.slice(from).split("\n").filter(isWrite));
        logs.set(name, text.length);
      }
      return found;
    },
    invitations: () => readdir(path.join(root, "sabre/data/itip")),
    close,
  };
}

/** What James calls the folders that it makes for each account (docs/targets/twake.md): a folder of that role goes there. */
const JAMES_FOLDERS: Readonly<Record<string, string>> = { "Éléments envoyés": "Sent", "Brouillons": "Drafts", "Éléments supprimés": "Trash", "Courrier indésirable": "Spam", "Archives": "Archive" };

/** A line of the tenant as it stands at Twake. */
export function atTwake(line: string): string {
  const [owner, kind, place, ...rest] = JSON.parse(line) as [string, string, string, ...unknown[]];
  const [top = "", ...below] = place.split("/");
  return JSON.stringify([owner, kind, kind === "mail" ? [JAMES_FOLDERS[top] ?? top, ...below].join("/") : place, ...rest]);
}

function compact(line: string): string {
  return JSON.stringify(JSON.parse(line));
}
