import type { z } from "zod";
import { ExodusError } from "../../core/errors.js";

/** A record as its schema has it. @throws ExodusError GRAPH_SHAPE: the source told something else than its documentation. */
export function shaped<S extends z.ZodType>(schema: S, value: z.input<S>, path: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExodusError("GRAPH_SHAPE", { params: { path, reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` }, cause: parsed.error });
}
