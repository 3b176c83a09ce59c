import type { IcsEvent } from "./ics-file.js";

/** Members that a vault's .ics keeps in properties of its own, where iCalendar has none (docs/conversions.md): served as they were. */
const MEMBERS = ["sensitivity", "showAs", "isOnlineMeeting", "onlineMeetingProvider", "onlineMeetingUrl", "onlineMeeting", "locations"] as const;

export function ownMembers(event: IcsEvent): Readonly<Record<string, unknown>> {
  const told = Object.fromEntries(MEMBERS.flatMap((member) => {
    const value = valueOf(event.text(`x-o365-${member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`));
    return value === undefined ? [] : [[member, value]];
  }));
  const [location] = Array.isArray(told["locations"]) ? (told["locations"] as readonly unknown[]) : [];
  const zone = event.text("x-o365-original-tz");
  return {
    ...told, ...(location === undefined ? {} : { location }), ...(zone === "" ? {} : { originalStartTimeZone: zone, originalEndTimeZone: zone }),
    ...(isTrue(event, "hide-attendees") ? { hideAttendees: true } : {}), ...(isTrue(event, "draft") ? { isDraft: true } : {}),
    ...(event.text("x-o365-response-requested").toUpperCase() === "FALSE" ? { responseRequested: false } : {}),
    ...(event.text("x-o365-response") === "" ? {} : { responseStatus: { response: event.text("x-o365-response"), time: "0001-01-01T00:00:00Z" } }),
  };
}

function isTrue(event: IcsEvent, name: string): boolean {
  return event.text(`x-o365-${name}`).toUpperCase() === "TRUE";
}

/** Text, or what its JSON says; undefined for nothing. */
function valueOf(text: string): unknown {
  if (!/^(?:[[{]|true$|false$)/.test(text)) return text === "" ? undefined : text;
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return undefined;
  }
}
