import { readdir } from "node:fs/promises";
import path from "node:path";
import { EmulatedStack } from "../emulators/cozy/server.js";
import { freePort } from "../free-port.js";
import { James } from "../james.js";
import { ownFolder, startOwn } from "../own-servers.js";
import { ROOT } from "./cli.js";
import { difference } from "./compare.js";
import { logWrites } from "./server-logs.js";
import { SERVER, synapsePart } from "./synapse-part.js";
import { readback } from "./target-servers.js";
import { driveLines, instanceOf } from "./twake-drive.js";

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
  const root = await ownFolder("twake");
  const owners = await readdir(path.join(ROOT, "fixtures/tenant/users"));
  const chat = await synapsePart(root);
  const ports = { jmap: await freePort(), admin: await freePort(), imap: await freePort(), sieve: await freePort(), lmtp: await freePort(), sieveTls: await freePort(), dav: await freePort() };
  const servers = await startOwn(root, ["james", "sabre", "synapse"], {
    ...chat.env, EXODUS_JAMES_PORT: String(ports.jmap), EXODUS_JAMES_ADMIN_PORT: String(ports.admin), EXODUS_JAMES_IMAP_PORT: String(ports.imap),
    EXODUS_JAMES_SIEVE_PORT: String(ports.sieve), EXODUS_JAMES_LMTP_PORT: String(ports.lmtp), EXODUS_JAMES_SIEVE_TLS_PORT: String(ports.sieveTls),
    EXODUS_SABRE_PORT: String(ports.dav), EXODUS_SABRE_ACCOUNTS: owners.join(" "),
  });
  const mail = servers?.running[0];
  if (servers === undefined || mail === undefined) return undefined;
  const drive = new EmulatedStack(PASSPHRASE);
  await drive.start();
  for (const owner of owners) drive.add(instanceOf(owner));
  const james = new James(mail);
  await james.admin("PUT", `/domains/${SERVER}`);
  for (const owner of owners) await james.addAccount(owner);
  Object.assign(process.env, { EXODUS_TEST_DAV: "admin-pass", EXODUS_TEST_MAIL: "secret", EXODUS_TEST_COZY: PASSPHRASE });
  const dav = { url: `http://127.0.0.1:${ports.dav}/`, user: "admin&{account}", password: "env:EXODUS_TEST_DAV", probe: owners[0] };
  const logged = logWrites([path.join(root, "sabre/run/log"), chat.log]);
  let mailboxes: readonly string[] | undefined;
  return {
    target: {
      adapter: "twake",
      imap: { host: "127.0.0.1", port: ports.imap, security: "none", admin: ADMINISTRATOR, password: "env:EXODUS_TEST_MAIL", probe: owners[0] },
      caldav: dav, carddav: dav,
      cozy: { url: "http://{local}.localhost", stack: drive.url, admin: drive.adminUrl, passphrase: "env:EXODUS_TEST_COZY", probe: owners[0] },
      matrix: chat.options,
    },
    readBack: async (wanted) => {
      const files = await driveLines(drive, PASSPHRASE, wanted);
      return [...readback(["mail-and-dav", String(ports.imap), String(ports.dav), ...wanted]).map(compact), ...files];
    },
    readRooms: (tenant) => chat.readRooms(tenant, "100", "reply"),
    writes: async () => {
      const found = drive.writes();
      // James tells no commands: its mailboxes tell by themselves whether anything was written.
      const standing = readback(["marks", String(ports.imap), ...owners]);
      found.push(...difference(standing, mailboxes ?? standing));
      mailboxes = standing;
      return [...found, ...await logged()];
    },
    invitations: () => readdir(path.join(root, "sabre/data/itip")),
    close: async () => {
      await drive.stop();
      await servers.close();
    },
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
