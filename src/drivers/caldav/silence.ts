import { editLines, formatLine, parseLine } from "../dav/content-lines.js";

/** A stored object has no METHOD (RFC 4791 section 4.1). Every other byte stays. */
export function withoutMethod(ics: string): string {
  return editLines(ics, (logical) => (/^METHOD[;:]/i.test(logical) ? undefined : logical));
}

/** A stored object whose scheduling is the client's affair. */
export function silence(ics: string): string {
  return leftToClient(withoutMethod(ics));
}

/**
 * SCHEDULE-AGENT=CLIENT on every ORGANIZER and ATTENDEE (RFC 6638 section 7.1): scheduling is the client's affair, now and for later changes of the
 * event. Every other byte stays.
 */
function leftToClient(ics: string): string {
  return editLines(ics, (logical) => {
    if (!/^(ORGANIZER|ATTENDEE)[;:]/i.test(logical)) return logical;
    const line = parseLine(logical);
    if (line === undefined) return logical;
    const others = line.params.filter(([key]) => key !== "SCHEDULE-AGENT" && key !== "SCHEDULE-FORCE-SEND" && key !== "SCHEDULE-STATUS");
    return formatLine({ ...line, params: [...others, ["SCHEDULE-AGENT", "CLIENT"]] });
  });
}
