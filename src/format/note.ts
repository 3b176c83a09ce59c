import { z } from "zod";
import { hexSha256, instant, Person } from "./common.js";

/** A notebook or a section itself. It has no body. */
export const NotePartRecord = z.object({
  v: z.literal(1),
  type: z.literal("note-part"),
  form: z.enum(["notebook", "section"]),
  name: z.string(),
  /** The notebook or section that opens first. */
  default: z.boolean(),
  shared: z.boolean().optional(),
  createdAt: instant.optional(),
  createdBy: Person.optional(),
  url: z.string().optional(),
  /** Pages of a section by their item ids, in its order; `level` 0 for a page, 1 and 2 for those below one. */
  pages: z.array(z.object({ id: z.string(), level: z.number().int().nonnegative() })).optional(),
});
export type NotePartRecord = z.infer<typeof NotePartRecord>;

/** One page. The body is its HTML as the source gave it; pictures and files in it are further blobs. */
export const NotePageRecord = z.object({
  v: z.literal(1),
  type: z.literal("note-page"),
  title: z.string(),
  createdAt: instant.optional(),
  modifiedAt: instant.optional(),
  tags: z.array(z.string()),
  url: z.string().optional(),
  /** `id` stands in the HTML as `…/resources/<id>/…`; `copies` are smaller pictures of it, which the page shows and which are not kept. */
  resources: z.array(z.object({ id: z.string(), copies: z.array(z.string()), name: z.string().optional(), mediaType: z.string().optional(), size: z.number().int().nonnegative(), sha256: hexSha256 })),
});
export type NotePageRecord = z.infer<typeof NotePageRecord>;
