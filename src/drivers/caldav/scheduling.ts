import { cyrusVersion, type ServerTraits } from "../dav/traits.js";

/**
 * How a server is kept from sending invitations: "request" by headers of each request, so that the event stays as it is; "import" by these and
 * Twake's query key at creation; "agent" by a parameter on each participant, which stays in the event; "auto" by what the server tells of itself.
 */
export const SCHEDULING = ["auto", "request", "import", "agent"] as const;
export type Scheduling = (typeof SCHEDULING)[number];

/**
 * Sent with all that writes into a calendar, for whoever heeds one of them. `Schedule-Reply: F` (RFC 6638 section 8.1, where it is for a participant's
 * DELETE) silences every PUT and DELETE at sabre/dav (lib/CalDAV/Schedule/Plugin.php, scheduleReply) and at Twake's esn-sabre, made of it;
 * `Scheduling-Enabled: F` does at Cyrus since 3.0 (imap/http_caldav.c); `X-NC-Scheduling: false` at Nextcloud (apps/dav/lib/CalDAV/Schedule/Plugin.php:
 * on a change since nextcloud/server#49503, on a deletion since #58203).
 */
export const SILENT_HEADERS: Readonly<Record<string, string>> = { "schedule-reply": "F", "scheduling-enabled": "F", "x-nc-scheduling": "false" };

/**
 * linagora/esn-sabre, lib/CalDAV/ImportPlugin.php. It also removes what stands under the name beforehand, which would make `If-Match` fail: for new
 * objects only.
 */
export const IMPORT_KEY = "import";

/** Whether the headers are enough: the server tells what it does and does not schedule by itself (RFC 6638 section 2), or is known to heed them. */
export function headersSilence(traits: Omit<ServerTraits, "there">): boolean {
  const { features, sabre } = traits;
  // A server that tells nothing of calendars (RFC 4791 section 5.1) may do anything; "calendar-schedule" is the name in drafts of RFC 6638.
  const schedules = !features.has("calendar-access") || features.has("calendar-auto-schedule") || features.has("calendar-schedule");
  return !schedules || sabre || (cyrusVersion(traits) ?? 0) >= 3;
}
