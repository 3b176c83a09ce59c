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
  if (reference.startsWith("file:")) return (await fileOf(reference, baseDir)).toString("utf8").replace(/\r?\n$/, "");
  throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference } });
}

/** Bytes that a reference names: a file as it is, an environment variable in base64. @throws ExodusError CONFIG_SECRET_MISSING. */
export async function resolveBytes(reference: string, baseDir: string): Promise<Uint8Array> {
  return reference.startsWith("file:") ? fileOf(reference, baseDir) : Buffer.from(await resolveSecret(reference, baseDir), "base64");
}

async function fileOf(reference: string, baseDir: string): Promise<Buffer> {
  try {
    return await readFile(path.resolve(baseDir, reference.slice(5)));
  } catch (cause) {
    throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference }, cause });
  }
}
