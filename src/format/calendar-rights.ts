import { z } from "zod";

/** What somebody may do in a calendar, as the source tells it (Graph, api-reference/v1.0/resources/calendarpermission). */
export const CalendarRight = z.object({
  /** The source's id, unique for the calendar. */
  id: z.string(),
  /** The source's word: `none`, `freeBusyRead`, `limitedRead`, `read`, `write`, `delegateWithoutPrivateEventAccess`, `delegateWithPrivateEventAccess`, `custom`. */
  role: z.string(),
  /** `organization`: everybody in it; `person`: whoever has the address, which may be a group's too. */
  whom: z.enum(["person", "organization"]),
  name: z.string().optional(),
  address: z.string().optional(),
  /** Whether whoever it is belongs to the owner's organisation; absent: not told. */
  inside: z.boolean().optional(),
});
export type CalendarRight = z.infer<typeof CalendarRight>;

/** Who may see or change a calendar, where that is more than every calendar of the source allows. It stands in the calendar itself, without a body. */
export const CalendarRecord = z.object({
  v: z.literal(1),
  type: z.literal("calendar"),
  granted: z.array(CalendarRight),
  /** Some event in it is not for everybody who may read it (sensitivity other than "normal"). */
  hasPrivate: z.boolean(),
});
export type CalendarRecord = z.infer<typeof CalendarRecord>;
