import { readFile } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";

/**
 * Resolves `env:NAME` or `file:PATH` (relative to `baseDir`); a file's final line break is not part of the secret.
 * @throws ExodusError CONFIG_SECRET_MISSING naming the reference, never the value.
 */
export async function resolveSecret(reference: string, baseDir: string): Promise<string> {
  if (reference.startsWith("env:")) {
    const value = process.env[reference.slice(4)];
    if (value === undefined || value === "") throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference } });
    return value;
  }
  if (reference.startsWith("file:")) {
    try {
      return (await readFile(path.resolve(baseDir, reference.slice(5)), "utf8")).replace(/\r?\n$/, "");
    } catch (cause) {
      throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference }, cause });
    }
  }
  throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference } });
}
