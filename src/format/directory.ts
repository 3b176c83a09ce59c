import { z } from "zod";
import { hexSha256, instant } from "./common.js";

/** An address that the directory gives somebody: "smtp" takes mail, others ("sip", "x500") are for their own systems. */
const ProxyAddress = z.object({ kind: z.string(), address: z.string(), primary: z.boolean() });

/** A member, manager or group by the directory's object id; `name` is absent where the source does not tell it. */
const Entry = z.object({ id: z.string(), kind: z.enum(["user", "group", "role", "unit", "contact", "device", "application", "unknown"]), name: z.string().optional(), address: z.string().optional() });
export type DirectoryEntry = z.infer<typeof Entry>;

/** What the directory tells of a person or shared mailbox; the photo is a part. */
export const DirectoryUserRecord = z.object({
  v: z.literal(1),
  type: z.literal("directory-user"),
  id: z.string(),
  /** User principal name. */
  name: z.string(),
  displayName: z.string(),
  mail: z.string().optional(),
  addresses: z.array(ProxyAddress),
  givenName: z.string().optional(),
  surname: z.string().optional(),
  jobTitle: z.string().optional(),
  department: z.string().optional(),
  company: z.string().optional(),
  office: z.string().optional(),
  phones: z.object({ business: z.array(z.string()), mobile: z.string().optional(), fax: z.string().optional() }),
  postal: z.object({ street: z.string().optional(), city: z.string().optional(), state: z.string().optional(), postalCode: z.string().optional(), country: z.string().optional() }).optional(),
  language: z.string().optional(),
  employeeId: z.string().optional(),
  /** Disabled accounts may hold a mailbox: shared ones do. */
  enabled: z.boolean(),
  /** Of another organisation, invited into this directory. */
  guest: z.boolean(),
  createdAt: instant.optional(),
  /** Kept in step with a directory on premises. */
  synced: z.boolean(),
  /** "none", or what its mailbox is for, as in `mailbox-settings`; "unknown" where the source does not tell. */
  mailbox: z.string(),
  manager: Entry.optional(),
  /** Groups, roles and units, whether a member by itself or through another group; in the order of their ids. */
  memberOf: z.array(Entry),
  licences: z.array(z.object({ id: z.string(), name: z.string().optional() })),
  photo: z.object({ sha256: hexSha256, size: z.number().int().nonnegative() }).optional(),
});
export type DirectoryUserRecord = z.infer<typeof DirectoryUserRecord>;

/** What the directory tells of a group, of whatever kind; members that may be absent came after the first records. */
export const DirectoryGroupRecord = z.object({
  v: z.literal(1),
  type: z.literal("directory-group"),
  id: z.string(),
  /** Mail nickname. */
  name: z.string(),
  displayName: z.string(),
  /** "mail-security": it gives rights, and takes mail; absent in older records, which are of Microsoft 365 groups. */
  kind: z.enum(["microsoft365", "security", "mail-security", "distribution"]).optional(),
  /** It may be given rights. */
  security: z.boolean().optional(),
  description: z.string().optional(),
  mail: z.string().optional(),
  addresses: z.array(ProxyAddress),
  /** "public", "private" or "hiddenmembership". */
  visibility: z.string().optional(),
  classification: z.string().optional(),
  createdAt: instant.optional(),
  renewedAt: instant.optional(),
  expiresAt: instant.optional(),
  /** Of a group whose members are those that a rule finds. */
  memberRule: z.string().optional(),
  /** Whether the rule is followed at present. */
  ruleActive: z.boolean().optional(),
  /** Kept in step with a directory on premises. */
  synced: z.boolean().optional(),
  /** Licences that its members have through it. */
  licences: z.array(z.object({ id: z.string(), name: z.string().optional() })).optional(),
  team: z.boolean(),
  owners: z.array(Entry),
  /** Its own: what is in a group that is a member is in that group's record. */
  members: z.array(Entry),
});
export type DirectoryGroupRecord = z.infer<typeof DirectoryGroupRecord>;
