import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Files of the drives of the tenant's folder, `owner/path sha256`: what the sandbox serves but for what it flags as malware. `spelled`: a name as the target has it. */
export async function tenantFiles(tenant: string, spelled: (name: string) => string = (name) => name): Promise<string[]> {
  const found: string[] = [];
  for (const owner of await readdir(path.join(tenant, "users"))) {
    const drive = path.join(tenant, "users", owner, "drive");
    const names = await readdir(drive, { recursive: true, withFileTypes: true }).catch((thrown: NodeJS.ErrnoException) => { if (thrown.code === "ENOENT") return []; throw thrown; });
    for (const entry of names.filter((one) => one.isFile())) {
      const file = path.relative(drive, path.join(entry.parentPath, entry.name));
      if (/\.permissions\.json$|\.versions\//.test(file) || file.endsWith("infecte.com")) continue;
      const where = [owner, ...file.split("/").map((name) => spelled(decodeURIComponent(name)))].join("/");
      found.push(`${where} ${sha(await readFile(path.join(drive, file)))}`);
    }
  }
  return found;
}

export function sha(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
