import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { ExodusError } from "../core/errors.js";

/** Source account (lower case) → target account. */
export type IdentityMap = ReadonlyMap<string, string>;

/**
 * Reads the identity map: a CSV with a header line, separated by `;` or `,`, whose first two columns are the source account and the target account.
 * @throws ExodusError CONFIG_IDENTITIES naming the line.
 */
export async function readIdentities(file: string): Promise<IdentityMap> {
  const map = new Map<string, string>();
  const parser = createReadStream(file).pipe(parse({ delimiter: [";", ","], bom: true, from_line: 2, trim: true, skip_empty_lines: true, relax_column_count: true, info: true }));
  try {
    for await (const row of parser) {
      const { record, info } = row as { record: string[]; info: { lines: number } };
      const [source, target] = record;
      if (source === undefined || source === "" || target === undefined || target === "") throw problem(file, info.lines, "source;target");
      const key = source.toLowerCase();
      if (map.has(key)) throw problem(file, info.lines, `"${source}" ×2`);
      map.set(key, target);
    }
  } catch (thrown) {
    throw thrown instanceof ExodusError ? thrown : new ExodusError("CONFIG_IDENTITIES", { params: { file, line: "?", reason: (thrown as Error).message }, cause: thrown });
  }
  return map;
}

function problem(file: string, line: number, reason: string): ExodusError {
  return new ExodusError("CONFIG_IDENTITIES", { params: { file, line, reason } });
}
