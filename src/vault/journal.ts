import { z } from "zod";
import { WORKLOADS } from "../core/item.js";
import type { JournalLine } from "../core/vault.js";
import { NeutralRecord } from "../format/records.js";

const blob = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative(), extension: z.string() });
const stamped = { v: z.literal(1), at: z.string() };

/** Shape of a journal line (docs/format.md, "Records"); members that a later version adds are let through. */
const Line = z.discriminatedUnion("kind", [
  z.object({
    ...stamped, kind: z.literal("item"), key: z.object({ workload: z.enum(WORKLOADS), owner: z.string(), id: z.string() }), container: z.string(),
    version: z.string(), title: z.string(), record: NeutralRecord, body: blob.optional(), parts: z.array(blob), digest: blob.shape.sha256,
    losses: z.array(z.object({ field: z.string(), change: z.string(), side: z.string(), reason: z.string() })),
  }),
  z.object({
    ...stamped, kind: z.literal("container"),
    container: z.object({ workload: z.enum(WORKLOADS), owner: z.string(), id: z.string(), name: z.string(), parentId: z.string().optional() }),
  }),
  z.object({ ...stamped, kind: z.literal("container-gone"), id: z.string() }),
  z.object({ ...stamped, kind: z.literal("tombstone"), id: z.string(), container: z.string().optional() }),
]);

/** The line, or what is wrong with it: the field and the reason, no content. */
export function parseJournalLine(text: string): { readonly line: JournalLine } | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: "not JSON" };
  }
  const parsed = Line.safeParse(value);
  if (parsed.success) return { line: value as JournalLine };
  const issue = parsed.error.issues[0];
  return { wrong: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}` };
}
