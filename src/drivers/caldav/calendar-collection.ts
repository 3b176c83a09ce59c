import type { CollectionKind } from "../dav/collections.js";
import type { HomeKind } from "../dav/discover.js";
import { DAV, tag } from "../dav/xml.js";

export const CALDAV = "urn:ietf:params:xml:ns:caldav";
/** Apple's property, read by every common client and server. */
export const CALENDAR_COLOR = "{http://apple.com/ns/ical/}calendar-color";

/** RFC 6764 section 5, RFC 4791 section 6.2.1. */
export const CALENDAR_HOME: HomeKind = { wellKnown: "/.well-known/caldav", homeSet: `{${CALDAV}}calendar-home-set` };

/** MKCALENDAR (RFC 4791 section 5.3.1) of a calendar that takes events only, with name and colour. */
export const CALENDAR_COLLECTION: CollectionKind = {
  method: "MKCALENDAR",
  fixed: [{ name: `{${CALDAV}}supported-calendar-component-set`, markup: tag(`{${CALDAV}}comp`, "", { name: "VEVENT" }) }],
  labels: ({ name, color }) => [
    { name: `{${DAV}}displayname`, value: name },
    ...(color === undefined ? [] : [{ name: CALENDAR_COLOR, value: color }]),
  ],
};
