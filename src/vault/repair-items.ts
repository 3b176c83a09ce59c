import { asExodusError, ExodusError } from "../core/errors.js";
import { Line } from "../format/journal.js";
import type { After, RecordedRow } from "../core/repair.js";
import { readRecord } from "./read.js";
import type { Mending, Repairing } from "./repairing.js";

const PAGE = 500;

/** Items whose record cannot be read, or names a blob that the index does not have (any more), are to be read again. */
export async function* forgetLost(repairing: Repairing, owner: string): AsyncGenerator<Mending> {
  const { index, signal } = repairing;
  let after: After = { workload: "" as After["workload"], id: "" };
  for (;;) {
    const page = await index.recorded(owner, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    for (const row of page) {
      signal.throwIfAborted();
      const error = await lossOf(repairing, row);
      if (error === undefined) continue;
      await index.forgetRecord(row.key, { code: error.code, params: error.params });
      if (row.pullState === "present") yield { kind: "to-read-again", key: row.key, error };
    }
    after = last.key;
  }
}

async function lossOf({ index, handles, cipher }: Repairing, { key, place }: RecordedRow): Promise<ExodusError | undefined> {
  const torn = new ExodusError("VAULT_RECORD_TORN", { params: { file: place.file, offset: place.offset } });
  try {
    const line = await readRecord(handles, place, cipher);
    if (line.kind !== "item" || line.key.id !== key.id || !Line.safeParse(line).success) return torn;
    for (const { sha256, size } of line.body === undefined ? line.parts : [line.body, ...line.parts]) {
      if ((await index.find(key.owner, sha256))?.size !== size) return new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 } });
    }
    return undefined;
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (error.code === "VAULT_RECORD_TORN") return error;
    throw thrown;
  }
}
