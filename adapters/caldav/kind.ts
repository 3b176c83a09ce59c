import type { Loss } from "../../src/core/item.js";
import { CALDAV, CALENDAR_COLLECTION } from "../../src/drivers/caldav/calendar-collection.js";
import { compareEvents } from "../../src/drivers/caldav/compare-events.js";
import { headersSilence, IMPORT_KEY, SILENT_HEADERS, type Scheduling } from "../../src/drivers/caldav/scheduling.js";
import { silence, withoutMethod } from "../../src/drivers/caldav/silence.js";
import type { Rendered, ResourceKind } from "../../src/drivers/dav/resource-session.js";
import { traitsOf } from "../../src/drivers/dav/traits.js";
import { calendarItem } from "../../src/kit/typed-items.js";
import { uidOf, withUid } from "../../src/drivers/dav/uid.js";

/** Who may see a calendar is left out by this rule of `skips.ts`. */
export const RIGHTS_RULE = "CALENDAR_PERMISSIONS";

const AGENT: Loss = { field: "SCHEDULE-AGENT", change: "approximated", side: "target", reason: "calendar.schedule-agent" };

/** What is stored of an event: the vault's bytes, but for what keeps a server that heeds nothing else from sending invitations. */
export function renderEvent(text: string, agent: boolean): Rendered {
  const stored = withoutMethod(text);
  if (!agent) return { text: stored, losses: [] };
  const silent = silence(text);
  return { text: silent, losses: silent === stored ? [] : [AGENT] };
}

/** Calendars and events for a `ResourceSession`; one a session, since it remembers what the server heeds. */
export function eventKind(scheduling: Scheduling): ResourceKind {
  // Until the server has told, as if it heeded nothing.
  let agent = scheduling === "auto" || scheduling === "agent";
  let asked = scheduling !== "auto";
  return {
    ...CALENDAR_COLLECTION,
    extension: ".ics",
    contentType: "text/calendar; charset=utf-8",
    headers: SILENT_HEADERS,
    ...(scheduling === "import" ? { creationQuery: IMPORT_KEY } : {}),
    multiget: () => ({ name: `{${CALDAV}}calendar-multiget`, data: `{${CALDAV}}calendar-data`, attributes: {} }),
    // RFC 4791 section 5.2.5.
    maxSize: `{${CALDAV}}max-resource-size`,
    uidConflict: `{${CALDAV}}no-uid-conflict`,
    uidLoss: { field: "UID", change: "approximated", side: "target", reason: "calendar.uid-changed" },
    render: (text) => renderEvent(text, agent),
    async prepared(client, path, signal) {
      if (asked) return;
      const traits = await traitsOf(client, `${path}/`, signal);
      agent = !headersSilence(traits);
      // A calendar that is gone told nothing: the next one is asked again. A server that refuses the question is not.
      asked = traits.there;
    },
    leavesOut: (item) => (calendarItem(item) === undefined ? undefined : RIGHTS_RULE),
    withUid, uidOf, compare: compareEvents,
  };
}
