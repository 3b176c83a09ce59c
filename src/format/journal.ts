import { z } from "zod";
import { WORKLOADS } from "../core/item.js";
import { hexSha256, instant } from "./common.js";
import { NeutralRecord } from "./records.js";

/** A blob by its hash; `extension` with its dot, or nothing. */
export const Blob = z.object({ sha256: hexSha256, size: z.number().int().nonnegative(), extension: z.string().regex(/^(\.[A-Za-z0-9]{1,16})?$/) });

/** What reading could not keep of one field; `reason` is a code of docs/losses.md. */
const Loss = z.object({
  field: z.string(), change: z.enum(["dropped", "truncated", "approximated"]), side: z.enum(["source", "tool", "target"]), reason: z.string(),
});

const stamped = { v: z.literal(1), at: instant };
const workload = z.enum(WORKLOADS);

export const ItemLine = z.object({
  ...stamped,
  kind: z.literal("item"),
  key: z.object({ workload, owner: z.string(), id: z.string() }),
  container: z.string(),
  version: z.string(),
  title: z.string(),
  record: NeutralRecord,
  body: Blob.optional(),
  parts: z.array(Blob),
  digest: hexSha256,
  losses: z.array(Loss),
});

export const ContainerLine = z.object({
  ...stamped,
  kind: z.literal("container"),
  container: z.object({
    workload, owner: z.string(), id: z.string(), name: z.string(), parentId: z.string().optional(), role: z.string().optional(),
    hidden: z.boolean().optional(), count: z.number().int().nonnegative().optional(), color: z.string().optional(),
  }),
});

export const ContainerGoneLine = z.object({ ...stamped, kind: z.literal("container-gone"), id: z.string() });
export const TombstoneLine = z.object({ ...stamped, kind: z.literal("tombstone"), id: z.string(), container: z.string().optional() });

/** One line of a records file (docs/format.md, "Records"); members that a later version adds are let through. */
export const Line = z.discriminatedUnion("kind", [ItemLine, ContainerLine, ContainerGoneLine, TombstoneLine]);
