import { GraphRefusal, type Answer } from "../answers.js";
import { select, type Call } from "../odata.js";
import { plainText, type GraphEvent } from "./event-json.js";
import type { Series } from "./from-ics.js";
import { namedZone, UTC, type Zone } from "./zones.js";

/** Properties of `event` in v1.0 (metadata of August 2026), navigation included. */
const PROPERTIES: ReadonlySet<string> = new Set([
  "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "categories", "allowNewTimeProposals", "attendees", "body", "bodyPreview", "cancelledOccurrences", "end", "hasAttachments",
  "hideAttendees", "iCalUId", "importance", "isAllDay", "isCancelled", "isDraft", "isOnlineMeeting", "isOrganizer", "isReminderOn", "location", "locations", "onlineMeeting",
  "onlineMeetingProvider", "onlineMeetingUrl", "organizer", "originalEndTimeZone", "originalStart", "originalStartTimeZone", "recurrence", "reminderMinutesBeforeStart", "responseRequested",
  "responseStatus", "sensitivity", "seriesMasterId", "showAs", "start", "subject", "transactionId", "type", "webLink", "attachments", "calendar", "exceptionOccurrences", "extensions", "instances",
  "multiValueExtendedProperties", "singleValueExtendedProperties",
]);
const EXPANDABLE: ReadonlySet<string> = new Set(["attachments", "exceptionOccurrences", "extensions", "multiValueExtendedProperties", "singleValueExtendedProperties"]);

/** How one request wants its events (`Prefer` header and query), checked once. */
export class Presentation {
  readonly #zone: Zone;
  readonly #text: boolean;
  readonly #expand: readonly string[];
  readonly #applied: readonly string[];

  constructor(private readonly call: Call) {
    const zone = call.prefer.get("outlook.timezone");
    const format = call.prefer.get("outlook.body-content-type");
    this.#zone = zone === undefined ? UTC : zoneNamed(zone);
    this.#text = format?.toLowerCase() === "text";
    this.#applied = [...(zone === undefined ? [] : [`outlook.timezone="${zone}"`]), ...(format === undefined ? [] : [`outlook.body-content-type="${format}"`])];
    this.#expand = topLevelNames(call.query.get("$expand") ?? "");
    const selected = topLevelNames(call.query.get("$select") ?? "");
    for (const name of [...selected, ...this.#expand]) if (!PROPERTIES.has(name)) throw unknown(name);
    for (const name of this.#expand) if (!EXPANDABLE.has(name)) throw new GraphRefusal(400, "BadRequest", `Property '${name}' on type 'microsoft.graph.event' is not a navigation property or complex property. Only navigation properties can be expanded.`);
    if (["$filter", "$search"].some((name) => call.query.has(name))) throw new GraphRefusal(400, "ErrorInvalidRequest", "The sandbox serves neither $filter nor $search on events.");
  }

  /** An event in a list. */
  listed(event: GraphEvent): object {
    return { ...select(this.#full(event), this.call.query), ...this.#attachments(event) };
  }

  /** An event read by its id: only then do the two series properties answer (api-reference/v1.0/resources/event). */
  single({ series, event }: { readonly series: Series; readonly event: GraphEvent }): object {
    const isMaster = series.recurrence !== undefined && event === series.master;
    const asked = topLevelNames(this.call.query.get("$select") ?? "").includes("cancelledOccurrences");
    const cancelled = isMaster && asked ? { cancelledOccurrences: [...series.cancelled].map((day) => `OID.${event.id}.${day}`) } : {};
    const exceptions = isMaster && this.#expand.includes("exceptionOccurrences") ? { exceptionOccurrences: [...series.exceptions.values()].map((exception) => this.#full(exception)) } : {};
    return { ...select({ ...this.#full(event), ...cancelled }, this.call.query), ...this.#attachments(event), ...exceptions };
  }

  /** An event as a delta tells it: whole, with its type. */
  tracked(event: GraphEvent): object {
    return { "@odata.type": "#microsoft.graph.event", ...this.#full(event) };
  }

  /** Confirms the preferences that were followed (RFC 7240 section 3). */
  confirmed(answer: Answer): Answer {
    return this.#applied.length === 0 ? answer : { ...answer, headers: { ...answer.headers, "preference-applied": this.#applied.join(", ") } };
  }

  #attachments(event: GraphEvent): object {
    return this.#expand.includes("attachments") ? { attachments: event.attachments.map(({ json }) => json) } : {};
  }

  #full(event: GraphEvent): Record<string, unknown> {
    const moment = (utc: number): object => ({ dateTime: `${new Date(event.isAllDay ? utc : this.#zone.toLocal(utc)).toISOString().slice(0, 19)}.0000000`, timeZone: this.#zone.name });
    return { ...event.properties, body: this.#body(event), start: moment(event.start), end: moment(event.end) };
  }

  /** Without preference the body is HTML (api-reference/v1.0/api/event-get, request headers). */
  #body({ html, text }: GraphEvent): object {
    if (this.#text) return { contentType: "text", content: html === undefined ? text : plainText(html) };
    return { contentType: "html", content: html ?? (text === "" ? "" : fromText(text)) };
  }
}

function fromText(text: string): string {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\r?\n/g, "<br>\r\n");
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${escaped}</body></html>`;
}

function zoneNamed(name: string): Zone {
  const zone = namedZone(name);
  if (zone === undefined) throw new GraphRefusal(400, "TimeZoneNotSupportedException", `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${name}'.`);
  return { ...zone, name };
}

function unknown(name: string): GraphRefusal {
  return new GraphRefusal(400, "BadRequest", `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.event'.`);
}

/** Names of a `$select` or `$expand` list; options in parentheses belong to their name. */
function topLevelNames(list: string): readonly string[] {
  let plain = list;
  for (let before = ""; before !== plain;) [before, plain] = [plain, plain.replace(/\([^()]*\)/g, "")];
  return plain.split(",").map((name) => name.trim()).filter((name) => name !== "");
}
