import { readFileSync } from "node:fs";

/** Version of the program, as its package tells it. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }).version;
}
