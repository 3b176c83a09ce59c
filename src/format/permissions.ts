import { z } from "zod";
import { instant } from "./common.js";

/** Somebody to whom a right is granted. `id` is the directory's object id, or the site's own number for a site group. */
export const Grantee = z.object({
  kind: z.enum(["user", "group", "site-group", "application", "device", "unknown"]),
  id: z.string().optional(),
  name: z.string().optional(),
  address: z.string().optional(),
  /** Name under which the site knows it ("i:0#.f|membership|zoe@…"), where the source tells it. */
  login: z.string().optional(),
});
export type Grantee = z.infer<typeof Grantee>;

/** One right on a file or folder: of persons or groups, or of whoever holds a link. */
export const Permission = z.object({
  /** The source's id, unique for the file or folder. */
  id: z.string(),
  /** The source's words: `read`, `write`, `owner`; others are possible (`sp.full control`). */
  roles: z.array(z.string()),
  /** Of a link: those who may use it; empty when it is for everybody in its scope. */
  to: z.array(Grantee),
  link: z.object({
    /** `view`, `edit`, `review` … */
    type: z.string().optional(),
    /** `anonymous`, `organization`, `users`, `existingAccess`. */
    scope: z.string().optional(),
    url: z.string().optional(),
    preventsDownload: z.boolean(),
    /** The application that made it. */
    application: z.string().optional(),
  }).optional(),
  /** Address that was invited, by mail. */
  invited: z.string().optional(),
  expiresAt: instant.optional(),
  /** Whether the link asks for a password; absent: not told. */
  hasPassword: z.boolean().optional(),
});
export type Permission = z.infer<typeof Permission>;

/**
 * Rights of a file or folder that are not those of the folder above. `inherits`: the rights of the folder above hold as well; else these are
 * all there are. What has none of its own has those of the folder above.
 */
export const Permissions = z.object({ inherits: z.boolean(), granted: z.array(Permission) });
export type Permissions = z.infer<typeof Permissions>;
