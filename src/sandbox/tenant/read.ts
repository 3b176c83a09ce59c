import { readdir, readFile } from "node:fs/promises";
import { ExodusError } from "../../core/errors.js";

/** Names in a folder, in order; none when it is not there. */
export async function names(dir: string): Promise<readonly string[]> {
  return (await readdir(dir).catch(absent<string[]>([]))).sort();
}

/** An absent file is an empty one. @throws ExodusError SANDBOX_FAILED when it is no JSON. */
export async function jsonOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8").catch(absent("{}"));
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new ExodusError("SANDBOX_FAILED", { params: { tenant: file, reason: String(cause) }, cause });
  }
}

/** What a sheet tells of a name, which may be one that every object has ("constructor"). */
export function rowOf(sheet: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(sheet, name) ? sheet[name] : undefined;
}

/** What a sidecar tells of the file beside it; one that is no JSON counts as absent, so that the pages that name the file are still served. */
export async function sidecarState(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8").catch(absent("{}"));
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === "object" && told !== null ? told as Record<string, unknown> : {};
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return {};
  }
}

/** For what need not be there: beside a file whose name has the full length, nothing with a longer one can be. */
export function absent<T>(instead: T): (cause: NodeJS.ErrnoException) => T {
  return (cause) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR" || cause.code === "ENAMETOOLONG") return instead;
    throw cause;
  };
}
