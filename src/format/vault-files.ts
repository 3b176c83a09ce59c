import { z } from "zod";
import { WORKLOADS } from "../core/item.js";
import { hexSha256, instant } from "./common.js";

/** `exodus-vault.json` (docs/format.md, "Header"). */
export const HeaderFile = z.object({
  format: z.literal("o365-exodus-vault"), version: z.literal([1, 2]), id: z.string().min(1), createdAt: instant, tool: z.string(), recipients: z.array(z.string()).min(1).optional(),
});

/** `owner.json` of an owner's folder (docs/format.md, "Owner"). */
export const OwnerFile = z.object({
  id: z.string(), name: z.string(), kind: z.enum(["user", "group", "site"]), displayName: z.string(), mail: z.string().optional(), guest: z.boolean().optional(), entryOnly: z.boolean().optional(),
});

/** One line of an owner's `sealed.jsonl` (docs/format.md, "Sealed files"). */
export const SealedLine = z.object({ file: z.string(), bytes: z.number().int().nonnegative(), sha256: hexSha256 });

const count = z.number().int().nonnegative();

/** One line of `erasures.jsonl` (docs/format.md, "Erasure"). */
export const ErasureLine = z.object({
  v: z.literal(1),
  id: z.string().min(1),
  owner: hexSha256,
  begunAt: instant,
  endedAt: instant.optional(),
  againAt: instant.optional(),
  workloads: z.array(z.object({ workload: z.enum(WORKLOADS), items: count, bytes: count })),
  handed: count.optional(),
  records: hexSha256,
  unfinished: z.object({ id: z.string(), name: z.string(), folders: z.array(z.string()) }).optional(),
});
export type ErasureLine = z.infer<typeof ErasureLine>;
