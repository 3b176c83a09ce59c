import { z } from "zod";

/** ISO 8601 UTC instant, for example 2026-11-24T09:12:00Z; fractions of a second allowed. */
export const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
export const hexSha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Somebody. `id` is the directory's object id; people of other organisations have one of their own directory. */
export const Person = z.object({
  kind: z.enum(["user", "application", "device", "unknown"]),
  id: z.string().optional(),
  name: z.string().optional(),
  /** Mail address, where the source tells it (members of the conversation). */
  address: z.string().optional(),
});
export type Person = z.infer<typeof Person>;
