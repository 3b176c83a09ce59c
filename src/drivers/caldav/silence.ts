import { editLines, formatLine, parseLine } from "../dav/content-lines.js";

/**
 * Keeps the server from sending invitations: SCHEDULE-AGENT=CLIENT on every ORGANIZER and ATTENDEE (RFC 6638 section 7.1) tells it that
 * scheduling is the client's affair. METHOD is taken out, for a stored object must have none (RFC 4791 section 4.1). Every other byte stays.
 */
export function silence(ics: string): string {
  return editLines(ics, (logical) => {
    const name = /^[A-Za-z-]+/.exec(logical)?.[0].toUpperCase();
    if (name === "METHOD") return undefined;
    if (name !== "ORGANIZER" && name !== "ATTENDEE") return logical;
    const line = parseLine(logical);
    if (line === undefined) return logical;
    const others = line.params.filter(([key]) => key !== "SCHEDULE-AGENT" && key !== "SCHEDULE-FORCE-SEND" && key !== "SCHEDULE-STATUS");
    return formatLine({ ...line, params: [...others, ["SCHEDULE-AGENT", "CLIENT"]] });
  });
}
