import { z } from "zod";
import { instant, Person } from "./common.js";

/** One block of a page: text, or something that the site's own programs show (picture, links, news, embedded document …). */
const PagePart = z.object({
  id: z.string(),
  /** "text": `html` is all of it. */
  kind: z.enum(["text", "other"]),
  html: z.string().optional(),
  /** What shows it: the source's identifier of that program. */
  program: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  /** Id of the text in which it stands. */
  within: z.string().optional(),
  /** What it is set to and what it found, in the source's own terms. */
  data: z.unknown().optional(),
});
export type PagePart = z.infer<typeof PagePart>;

/** A band of a page. `layout` and `emphasis` are the source's words; `width` is in twelfths. */
const PageSection = z.object({
  layout: z.string().optional(),
  emphasis: z.string().optional(),
  /** Beside the others instead of among them. */
  vertical: z.boolean(),
  columns: z.array(z.object({ width: z.number().int().optional(), parts: z.array(PagePart) })),
});
export type PageSection = z.infer<typeof PageSection>;

/** A page or news post of a site. The body is an HTML document of what it says, made from `sections`. */
export const SitePageRecord = z.object({
  v: z.literal(1),
  type: z.literal("site-page"),
  /** Name of its file in addresses. */
  name: z.string(),
  title: z.string(),
  description: z.string().optional(),
  /** "page", "news", or another word of the source's. */
  kind: z.string(),
  /** The source's word: `article`, `home` … */
  layout: z.string().optional(),
  contentType: z.string().optional(),
  createdAt: instant.optional(),
  modifiedAt: instant.optional(),
  createdBy: Person.optional(),
  modifiedBy: Person.optional(),
  url: z.string().optional(),
  thumbnail: z.string().optional(),
  /** `level`: `draft`, `published`, `checkout`; `version` as people see it. */
  publishing: z.object({ level: z.string().optional(), version: z.string().optional(), checkedOutBy: Person.optional() }).optional(),
  showsComments: z.boolean(),
  showsRecommended: z.boolean(),
  comments: z.number().int().nonnegative(),
  likes: z.number().int().nonnegative(),
  /** The head of the page, in the source's own terms: picture, text above the title, authors. */
  titleArea: z.unknown().optional(),
  /** In their order; absent: the source could not tell them. */
  sections: z.array(PageSection).optional(),
});
export type SitePageRecord = z.infer<typeof SitePageRecord>;
