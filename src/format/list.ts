import { z } from "zod";
import { instant, Person } from "./common.js";

/** One column of a list. `name` is the key of its values in an item's `fields`. */
export const ListColumn = z.object({
  name: z.string(),
  displayName: z.string(),
  /** The source's word for the kind of value: `text`, `number`, `dateTime`, `choice`, `lookup`, `personOrGroup` …; `other` when it gives none. */
  type: z.string(),
  description: z.string().optional(),
  required: z.boolean(),
  readOnly: z.boolean(),
  /** Choices, formula, list that is looked up …, in the source's own terms. */
  settings: z.unknown().optional(),
  default: z.unknown().optional(),
});
export type ListColumn = z.infer<typeof ListColumn>;

/** A list of a site itself. It has no body; its items name it as their container. */
export const ListRecord = z.object({
  v: z.literal(1),
  type: z.literal("list"),
  /** Name in addresses; `displayName` is what people read. */
  name: z.string(),
  displayName: z.string(),
  description: z.string().optional(),
  /** The source's word for the kind of list: `genericList`, `events`, `links`, `survey` … */
  template: z.string().optional(),
  createdAt: instant.optional(),
  url: z.string().optional(),
  columns: z.array(ListColumn),
});
export type ListRecord = z.infer<typeof ListRecord>;

/** Values by the names of columns, as the source gives them; `<name>LookupId` is the number of an entry of another list or of a person in the site. */
const Fields = z.record(z.string(), z.unknown());

/** One item of a list. It has no body. */
export const ListItemRecord = z.object({
  v: z.literal(1),
  type: z.literal("list-item"),
  /** Number of the item in its list. */
  number: z.string(),
  contentType: z.string().optional(),
  createdAt: instant.optional(),
  modifiedAt: instant.optional(),
  createdBy: Person.optional(),
  modifiedBy: Person.optional(),
  url: z.string().optional(),
  fields: Fields,
  /** Oldest first, the present one left out; empty unless asked for. */
  versions: z.array(z.object({ id: z.string(), modifiedAt: instant.optional(), modifiedBy: Person.optional(), fields: Fields })),
});
export type ListItemRecord = z.infer<typeof ListItemRecord>;
