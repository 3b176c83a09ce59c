import { stat } from "node:fs/promises";
import path from "node:path";
import type { Mending, Repairing } from "./repairing.js";
import { listedSeals, SEALED_FILE, writeSeals } from "./seal.js";
import { keepPart } from "./set-aside.js";

/** Lines that tell of no sealed file go: what they sealed is looked through like what still grows. */
export async function* repairSeals({ root }: Repairing, dir: string): AsyncGenerator<Mending> {
  const lines = await listedSeals(root, dir);
  const whole = lines.filter(({ sealed }) => sealed !== undefined);
  if (whole.length === lines.length) return;
  const file = `${dir}/${SEALED_FILE}`;
  const aside = await keepPart(root, dir, file, 0, (await stat(path.join(root, file))).size);
  await writeSeals(root, dir, whole);
  yield { kind: "repaired", code: "seals", file, message: `${lines.length - whole.length} lines told of no file: left out, and the list as it was kept as ${aside}` };
}
