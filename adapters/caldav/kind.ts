import { CALDAV, CALENDAR_COLLECTION } from "../../src/drivers/caldav/calendar-collection.js";
import { compareEvents } from "../../src/drivers/caldav/compare-events.js";
import { silence } from "../../src/drivers/caldav/silence.js";
import type { ResourceKind } from "../../src/drivers/dav/resource-session.js";
import { uidOf, withUid } from "../../src/drivers/dav/uid.js";

/** Calendars and events for a `ResourceSession`. The bytes are the vault's, but for what keeps the server from sending invitations. */
export const EVENTS: ResourceKind = {
  ...CALENDAR_COLLECTION,
  extension: ".ics",
  contentType: "text/calendar; charset=utf-8",
  uidConflict: `{${CALDAV}}no-uid-conflict`,
  uidLoss: { field: "UID", change: "approximated", side: "target", reason: "calendar.uid-changed" },
  flattened: { field: "folder", change: "approximated", side: "target", reason: "container.flattened" },
  render: (text) => ({ text: silence(text), losses: [] }),
  withUid, uidOf, compare: compareEvents,
};
