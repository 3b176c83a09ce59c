import { chmod, writeFile } from "node:fs/promises";
import { ExodusError } from "../core/errors.js";
import type { Output } from "./output.js";

/** Writes a file that only its owner may read, and says so. @throws ExodusError CONFIG_EXISTS when one stands there, unless `force`. */
export async function newFile(output: Output, file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? "w" : "wx", mode: 0o600 });
    // One that stood there keeps its mode.
    await chmod(file, 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw new ExodusError("CONFIG_EXISTS", { params: { file }, cause });
    throw cause;
  }
  output.line(output.text.written(file));
  output.record({ type: "written", file });
}
