import { GraphRefusal } from "../answers.js";
import type { Route } from "../odata.js";

/**
 * Calendars of groups, which no application may read: "Application: Not supported" on the pages of calendar-get, calendar-list-events, group-list-events and
 * group-get-event. The answer is the one that applications report (microsoftgraph/msgraph-sdk-powershell issue 623).
 */
export function groupCalendarRoutes(): Route[] {
  const refused = (): Promise<never> => Promise.reject(new GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."));
  return ["calendar", "calendar/events", "calendar/events/:event", "events", "events/:event", "events/:event/instances", "calendarView", "calendar/calendarView"]
    .map((path) => ({ method: "GET", pattern: `/groups/:group/${path}`, role: "Group.Read.All", delegatedOnly: true, handle: refused }));
}
