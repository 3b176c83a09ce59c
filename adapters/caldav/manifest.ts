import type { Manifest } from "../../src/core/adapter.js";
import { WHOLE } from "../../src/kit/capability.js";

export const manifest: Manifest = {
  name: "caldav",
  title: "Any calendar server (CalDAV)",
  docs: "https://www.rfc-editor.org/rfc/rfc4791",
  workloads: {
    calendar: {
      support: "native", via: "caldav", evidence: "own-server", cite: "RFC 4791 section 5.3.2: PUT makes a calendar object",
      ...WHOLE, verifiedTogether: 50,
      gaps: [
        { of: "item", field: "UID", change: "approximated", reason: "calendar.uid-changed", cite: "RFC 4791 section 5.3.2.1: no two objects of a calendar may have one UID" },
        { of: "item", field: "SCHEDULE-AGENT", change: "approximated", reason: "calendar.schedule-agent", cite: "RFC 6638 section 7.1: only this parameter keeps an unknown server from sending invitations" },
        { of: "item", field: "target's own change", change: "dropped", reason: "target.edit-replaced", cite: "RFC 4791 section 5.3.4: an object that somebody changed has another ETag" },
        { of: "item", field: "granted", change: "dropped", reason: "calendar.rights", cite: "docs/targets/dav.md, \"Not done\": most roles have no privilege (RFC 3744 section 3, RFC 4791 section 6.1), and few servers offer ACL" },
        { of: "container", field: "folder", change: "approximated", reason: "container.flattened", cite: "RFC 4791 section 4.2: a calendar holds no other calendar" },
        { of: "container", field: "displayname", change: "dropped", reason: "container.label-refused", cite: "RFC 4918 section 15.2: displayname may be protected" },
        { of: "container", field: "calendar-color", change: "dropped", reason: "container.label-refused", cite: "RFC 4918 section 4.2: a server may refuse a property that it does not know" },
      ],
    },
  },
  concurrency: 4,
  skips: ["CALENDAR_PERMISSIONS"],
};
