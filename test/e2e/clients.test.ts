import { spawnSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ROOT } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const CLIENTS = path.join(ROOT, "fixtures/clients/clients");
/** More than the largest page that any of them asks for. */
const MANY = 1_005;

/** What a client read, or what the folder holds: by user, folder, calendar, path, team and channel. `mime` is a hash over the hashes of all messages' bytes. */
interface Read {
  readonly users: readonly string[];
  readonly mail: Readonly<Record<string, Readonly<Record<string, { readonly messages: number; readonly mime: string }>>>>;
  readonly calendars: Readonly<Record<string, Readonly<Record<string, { readonly events: number; readonly in2026: number }>>>>;
  readonly contacts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly files: Readonly<Record<string, Readonly<Record<string, { readonly quickXor: string; readonly sha256: string | null }>>>>;
  readonly teams: Readonly<Record<string, Readonly<Record<string, { readonly messages: number; readonly replies: number }>>>>;
  readonly chats: Readonly<Record<string, readonly number[]>>;
}

/** Undefined when the clients are not installed. @throws Error with the script's own words for everything else. */
function clients(args: readonly string[]): Read | undefined {
  const run = spawnSync(CLIENTS, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (run.status === 0) return JSON.parse(run.stdout) as Read;
  if (run.status !== 3 || process.env["CI"] === "true") throw new Error(`fixtures/clients/clients ${args.join(" ")} (exit ${run.status}): ${run.stderr.trim().slice(-2000)}`);
  return undefined;
}

const there = clients(["count", path.join(ROOT, "fixtures/tenant")]) !== undefined;
const title = there ? "public clients of Graph" : "public clients of Graph (skipped: not installed, run fixtures/clients/clients install)";

(there ? describe : describe.skip)(title, () => {
  let staged: Stage;
  let ready: string;
  let held: Read | undefined;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      const inbox = path.join(tenant, "users/volume@eaux-vallee.example/mail/Boîte de réception");
      await mkdir(inbox, { recursive: true });
      for (let number = 0; number < MANY; number += 1) await writeFile(path.join(inbox, `${number}.eml`), `Message-ID: <${number}@volume>\r\nSubject: ${number}\r\n\r\n${number}\r\n`);
    });
    ready = path.join(staged.tenant, "..", `${path.basename(staged.tenant)}.ready.json`);
    await writeFile(ready, JSON.stringify(staged.served.ready));
    held = clients(["count", staged.tenant]);
  });

  afterAll(async () => {
    await rm(ready, { force: true });
    await staged.remove();
  });

  it("count, without the sandbox, what is there to find", () => {
    expect(held?.mail["volume@eaux-vallee.example"]?.["Boîte de réception"]?.messages).toBe(MANY);
    expect(Object.keys(held?.teams ?? {})).toEqual(["Qualité de l'eau"]);
  });

  it.each(["o365", "msgraph"])("%s signs in and reads every user, message, event, contact, file, team and chat of the folder", (reader) => {
    expect(clients(["run", reader, ready])).toEqual(held);
  });
});
