import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { EmulatedStack } from "../emulators/cozy/server.js";

const READER = fileURLToPath(new URL("read_cozy.py", import.meta.url));

/** The instance of an owner on an emulated drive. */
export function instanceOf(owner: string): string {
  return `${owner.split("@")[0] ?? ""}.localhost`;
}

/** What a drive holds for these owners, by a reader that shares no code with the program, in the form of `readback`. This process goes on: the drive's server is within it. */
export async function driveLines(drive: EmulatedStack, passphrase: string, owners: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)("python3", [READER, drive.url, drive.adminUrl, passphrase, ...owners.map(instanceOf)], { maxBuffer: 1 << 28 });
  // The reader calls an instance by the first word of its name.
  const instances = new Map(owners.map((owner) => [owner.split(/[.@]/)[0] ?? "", owner]));
  return stdout.split("\n").filter((line) => line !== "").map((line) => fileLine(line, instances));
}

/** A file of the reader: whose, which, what, when. */
function fileLine(line: string, instances: ReadonlyMap<string, string>): string {
  const [instance, where, sha, , modified] = JSON.parse(line) as [string, string, string, string, string];
  return JSON.stringify([instances.get(instance), "file", where.slice(1).normalize("NFC"), sha, Date.parse(`${modified}Z`) / 1000]);
}
