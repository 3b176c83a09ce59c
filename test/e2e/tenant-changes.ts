import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * One of each kind of change in an owner's part of the default tenant: a message added, one with another state, one moved to a new folder, one deleted; a
 * folder of files renamed, a file added; a series deleted. Four items change, two are gone.
 */
export async function changeTenant(tenant: string, owner: string): Promise<void> {
  const home = path.join(tenant, "users", owner);
  const inbox = path.join(home, "mail/Boîte de réception");
  const [first = "", second = "", third = ""] = (await readdir(inbox)).filter((name) => name.endsWith(".eml"));
  await writeFile(path.join(inbox, "neuf.eml"), "Subject: neuf\r\nMessage-ID: <neuf@x>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n\r\nneuf\r\n");
  const state = path.join(inbox, first.replace(".eml", ".json"));
  await writeFile(state, JSON.stringify({ ...(await jsonOf(state)), isRead: true, flag: "flagged", categories: ["Lu"] }));
  await mkdir(path.join(home, "mail/Classement"));
  for (const name of [second, second.replace(".eml", ".json")]) await rename(path.join(inbox, name), path.join(home, "mail/Classement", name));
  await rm(path.join(inbox, third));
  await rename(path.join(home, "drive/Discours"), path.join(home, "drive/Allocutions"));
  const sheet = Object.entries(await jsonOf(path.join(home, "drive.json")));
  await writeFile(path.join(home, "drive.json"), JSON.stringify(Object.fromEntries(sheet.map(([name, told]) => [name.replace("Discours/", "Allocutions/"), told]))));
  await writeFile(path.join(home, "drive/Nouveau.txt"), "nouveau");
  await utimes(path.join(home, "drive/Nouveau.txt"), 1_790_000_000, 1_790_000_000);
  await rm(path.join(home, "calendars/Calendrier/conges.ics"));
}

async function jsonOf(file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
}
