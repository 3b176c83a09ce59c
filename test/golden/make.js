// Makes the golden vault of a format version, `npm run make:golden -- 2`. One that stands is never made again: it must open for ever.
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { itemDigest } from "../../dist/src/core/digest.js";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { openStateStore } from "../../dist/src/state/store.js";
import { ENCRYPTED_VERSION } from "../../dist/src/vault/layout.js";
import { openVaultKey } from "../../dist/src/vault/vault-key.js";
import { openVault, vaultHeader } from "../../dist/src/vault/vault.js";
import { contentsOf } from "./contents.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VERSION = Number(process.argv[2] ?? ENCRYPTED_VERSION);
const OUT = path.join(ROOT, `test/golden/v${VERSION}`);
/** Opens an encrypted one. It guards nothing: the tenant is invented. */
const IDENTITY = path.join(OUT, "identity.txt");
/** People, a team and a group that have among them every workload that an application may read. */
const USERS = ["helene.garcon@eaux-vallee.example", "maelys.nguyen@eaux-vallee.example"];
const GROUP = "qualite-eau";
const [HELENE = ""] = USERS;
/** So that a few notes are enough to seal a segment and a records file. Bytes. */
const SIZES = { segment: 16 * 1024, records: 1024 };

await mkdir(OUT).catch(() => {
  process.stderr.write(`${OUT} stands already: a golden vault is never made again.\n`);
  process.exit(1);
});
const encryption = VERSION === ENCRYPTED_VERSION ? await encrypted() : {};
const dir = await mkdtemp(path.join(tmpdir(), "exodus-golden-"));
try {
  const tenant = path.join(dir, "tenant");
  await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
  const sandbox = await serve(tenant);
  try {
    await writeFile(path.join(dir, "secret"), sandbox.ready.clientSecret);
    const { tenantId, clientId, graph, authority, caFile } = sandbox.ready;
    await writeFile(path.join(dir, "exodus.yaml"), JSON.stringify({
      source: { tenantId, clientId, clientSecret: "file:secret", graph, authority }, tls: { caFile }, owners: USERS, groups: [GROUP],
      targets: { archive: { adapter: "archive", path: "./archive" } }, routes: [{ workload: "all", to: "archive" }], ...encryption,
    }));
    await run("pull");
    await change(tenant);
    await sandbox.rescan();
    await run("pull", "--pass", "delta");
  } finally {
    await sandbox.stop();
  }
  await addNotes(path.join(dir, "vault"));
  await keep();
} finally {
  await rm(dir, { recursive: true, force: true });
}

/** What makes lines of every kind: a message moved, one deleted, a folder of files gone, a series gone that only a listing shows. */
async function change(tenant) {
  const home = path.join(tenant, "users", HELENE);
  const inbox = path.join(home, "mail/Boîte de réception");
  const [moved = "", gone = ""] = (await readdir(inbox)).filter((name) => name.endsWith(".eml"));
  await mkdir(path.join(home, "mail/Classement"));
  await rename(path.join(inbox, moved), path.join(home, "mail/Classement", moved));
  await rm(path.join(inbox, gone));
  await rm(path.join(home, "calendars/Calendrier/conges.ics"));
  await rm(path.join(home, "mail/Boîte de réception/Élus & délégations"), { recursive: true, force: true });
}

/** OneNote, which no application may read: written as its reader writes it. */
async function addNotes(vaultDir) {
  const cipher = await openVaultKey(vaultDir, await vaultHeader(vaultDir), await readFile(IDENTITY, "utf8").catch(() => undefined));
  const state = await openStateStore(path.join(vaultDir, "state.sqlite"), { key: cipher?.stateKey });
  const owner = (await state.owners()).find(({ name }) => name === HELENE);
  const vault = await openVault(vaultDir, { cipher, index: async () => state, sizes: SIZES });
  const part = await vault.owner(owner);
  const unit = { workload: "notes", owner: owner.id };
  const picture = await part.write([Buffer.from("89504e470d0a1a0a", "hex")], ".png");
  for (let number = 1; number <= 4; number += 1) {
    const html = `<html><head><title>Note ${number}</title></head><body><p>${"Relevé de compteur. ".repeat(60 * number)}</p><img src="https://graph.example/resources/r1/$value"/></body></html>`;
    const body = await part.write([Buffer.from(html)], ".html");
    const page = { v: 1, type: "note-page", title: `Note ${number}`, createdAt: "2026-11-24T09:00:00Z", tags: ["to-do"], resources: [{ id: "r1", copies: [], name: "plan.png", mediaType: "image/png", size: picture.size, sha256: picture.sha256 }] };
    const section = { v: 1, type: "note-part", form: "section", name: "Relevés", default: true, pages: [{ id: `page-${number}`, level: 0 }] };
    const at = new Date().toISOString();
    const lines = [
      ...(number === 1 ? [{ v: 1, at, kind: "container", container: { ...unit, id: "section-1", name: "Relevés" } }, lineOf(at, { ...unit, id: "section-1/card" }, section, undefined, [])] : []),
      lineOf(at, { ...unit, id: `page-${number}` }, page, body, [picture]),
    ];
    const flushed = await part.commit("notes", lines);
    await state.commitRetry({ ...unit, feed: "section-1", changes: lines.map((line, index) => ({ change: line, place: flushed.places[index] })), done: false, flushed });
  }
  await part.close();
  await vault.close();
}

function lineOf(at, key, record, body, parts) {
  const told = { v: 1, at, kind: "item", key, container: "section-1", version: "1", title: record.title ?? record.name, record, parts, digest: itemDigest(record, body, parts), losses: [] };
  return body === undefined ? told : { ...told, body };
}

/** The vault as an archive keeps it, without index and lock, and beside it what it holds. */
async function keep() {
  const kept = path.join(OUT, "vault");
  await cp(path.join(dir, "vault/owners"), path.join(kept, "owners"), { recursive: true });
  for (const name of (await readdir(path.join(dir, "vault"))).filter((file) => ["exodus-vault.json", "key.age"].includes(file))) await cp(path.join(dir, "vault", name), path.join(kept, name));
  await writeFile(path.join(OUT, "contents.jsonl"), (await contentsOf(kept, VERSION === ENCRYPTED_VERSION ? IDENTITY : undefined)).map((line) => `${line}\n`).join(""));
  if ((await readFile(path.join(OUT, "contents.jsonl"), "utf8")).includes(tmpdir())) throw new Error("the vault tells of this machine");
}

/** An identity made for this one vault, and the configuration that goes with it. */
async function encrypted() {
  const identity = await generateX25519Identity();
  await writeFile(IDENTITY, `# of an invented tenant: guards nothing\n${identity}\n`);
  return { vault: { path: "./vault", recipients: [await identityToRecipient(identity)], identity: `file:${IDENTITY}` } };
}

async function run(...args) {
  const child = spawn(process.execPath, [path.join(ROOT, "bin/o365-exodus.js"), ...args, "--config", path.join(dir, "exodus.yaml")], { stdio: "inherit" });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
}

async function serve(tenant) {
  const child = spawn(process.execPath, [path.join(ROOT, "bin/o365-exodus.js"), "sandbox", "--tenant", tenant], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve)));
  return {
    ready,
    rescan: () => new Promise((resolve, reject) => {
      spawn("curl", ["--silent", "--fail", "--cacert", ready.caFile, "-X", "POST", `${ready.graph}/sandbox/rescan`], { stdio: "ignore" }).once("close", (code) => (code === 0 ? resolve() : reject(new Error(`rescan: ${code}`))));
    }),
    stop: () => new Promise((resolve) => {
      child.once("close", resolve);
      child.kill("SIGTERM");
    }),
  };
}
