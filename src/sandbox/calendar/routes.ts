import { readFile } from "node:fs/promises";
import path from "node:path";
import { GraphRefusal, notFound, type Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { mailFolders } from "../mail/folders.js";
import { changeKey, fileInstant } from "../mail/message.js";
import { collection, context, link, readToken, select, type Call, type Route } from "../odata.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { seriesFromIcs, type SeriesJson } from "./from-ics.js";
import { instancesBetween } from "./instances.js";

const ROLE = "Calendars.Read";

interface Calendar {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
}

/** Calendars, events, instances and the window delta. `cloud` "bleu" lacks the two properties of series. */
export function calendarRoutes(store: TenantStore, cloud: "global" | "bleu"): Route[] {
  const owner = (call: Call): OwnerFile => {
    const found = userOf(store, call.params["user"] ?? "");
    mailFolders(store, found);
    return found;
  };
  const calendarOf = (call: Call): Calendar => {
    const found = calendars(store, owner(call)).find(({ id, isDefault }) => (call.params["calendar"] === undefined ? isDefault : id === call.params["calendar"]));
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  };
  const eventsOf = async (call: Call, calendar: Calendar): Promise<readonly SeriesJson[]> => {
    const files = store.children(calendar.id).filter(({ kind }) => kind === "event");
    return (await Promise.all(files.map((entry) => readSeries(store, owner(call), entry)))).filter((series) => series !== undefined);
  };
  const allEvents = async (call: Call): Promise<readonly SeriesJson[]> => (await Promise.all(calendars(store, owner(call)).map((calendar) => eventsOf(call, calendar)))).flat();
  const one = async (call: Call): Promise<{ series: SeriesJson; event: Record<string, unknown> }> => {
    const id = call.params["event"] ?? "";
    const entry = store.entries.get(id.replace(/\.x\d+$/, ""));
    const series = entry?.kind === "event" && entry.owner === owner(call).name ? await readSeries(store, owner(call), entry) : undefined;
    const event = series === undefined ? undefined : [series.master, ...series.exceptions].find((candidate) => candidate["id"] === id);
    if (series === undefined || event === undefined) throw notFound("ErrorItemNotFound", "");
    return { series, event };
  };
  const get = (pattern: string, handle: (call: Call) => Promise<Answer>): Route => ({ method: "GET", pattern, role: ROLE, handle });
  const json = (call: Call, body: object): Answer => ({ json: { "@odata.context": context(call, "events/$entity"), ...body } });
  const list = async (call: Call, series: readonly SeriesJson[]): Promise<Answer> => collection(call, "events", series, 10, ({ master }) => shown(master, call, cloud));
  const views = ["/users/:user/calendar", "/users/:user/calendars/:calendar"].flatMap((base) => [
    get(base, async (call) => ({ json: { "@odata.context": context(call, "calendars/$entity"), ...calendarJson(owner(call), calendarOf(call)) } })),
    get(`${base}/events`, async (call) => list(call, await eventsOf(call, calendarOf(call)))),
    get(`${base}/calendarView`, async (call) => view(call, await eventsOf(call, calendarOf(call)), cloud)),
    get(`${base}/calendarView/delta`, async (call) => viewDelta(store, call, await eventsOf(call, calendarOf(call)), calendarOf(call).id, cloud)),
  ]);
  return [
    ...views,
    get("/users/:user/calendars", (call) => collection(call, "calendars", calendars(store, owner(call)), 10, (calendar) => select(calendarJson(owner(call), calendar), call.query))),
    get("/users/:user/calendarGroups", (call) => collection(call, "calendarGroups", [groupJson(store, owner(call))], 10, (group) => group)),
    get("/users/:user/calendarGroups/:group/calendars", (call) => {
      if (call.params["group"] !== groupJson(store, owner(call)).id) throw notFound("ErrorItemNotFound", "");
      return collection(call, "calendars", calendars(store, owner(call)), 10, (calendar) => select(calendarJson(owner(call), calendar), call.query));
    }),
    get("/users/:user/events", async (call) => list(call, await allEvents(call))),
    get("/users/:user/calendarView", async (call) => view(call, await allEvents(call), cloud)),
    get("/users/:user/events/:event", async (call) => {
      const { series, event } = await one(call);
      const expanded = (call.query.get("$expand") ?? "").includes("exceptionOccurrences") ? { exceptionOccurrences: series.exceptions.map((exception) => shown(exception, call, cloud, false)) } : {};
      return json(call, { ...shown(event, call, cloud), ...expanded });
    }),
    get("/users/:user/events/:event/instances", async (call) => view(call, [(await one(call)).series], cloud)),
    get("/users/:user/events/:event/attachments", async (call) => {
      const { series, event } = await one(call);
      return collection(call, "attachments", series.attachments.get(String(event["id"])) ?? [], 50, (attachment) => select(attachment, call.query));
    }),
    get("/users/:user/events/:event/attachments/:attachment", async (call) => {
      const { series, event } = await one(call);
      const attachment = series.attachments.get(String(event["id"]))?.find(({ id }) => id === call.params["attachment"]);
      if (attachment === undefined) throw notFound("ErrorItemNotFound", "");
      return json(call, attachment);
    }),
  ];
}

/** Calendars of an owner; the default one exists even without a folder. */
function calendars(store: TenantStore, owner: OwnerFile): readonly Calendar[] {
  const root = store.idOf(owner.name, "root", "calendars");
  const folders = store.children(root).filter(({ kind }) => kind === "folder").map((entry) => ({ id: entry.id, name: decodeName(path.basename(entry.file)) }));
  const first = folders.find(({ name }) => ["Calendar", "Calendrier"].includes(name));
  const rest = folders.filter((folder) => folder !== first).map((folder) => ({ ...folder, isDefault: false }));
  const main = first ?? { id: store.idOf(owner.name, "folder", "calendar"), name: store.tenant.language === "fr" ? "Calendrier" : "Calendar" };
  return [{ ...main, isDefault: true }, ...rest];
}

/** The one group that every mailbox has. */
function groupJson(store: TenantStore, owner: OwnerFile): { readonly id: string; readonly name: string; readonly classId: string; readonly changeKey: string } {
  return { id: store.idOf(owner.name, "calendar-group"), name: store.tenant.language === "fr" ? "Mes calendriers" : "My Calendars", classId: "0006f0b7-0000-0000-c000-000000000046", changeKey: "1" };
}

function calendarJson(owner: OwnerFile, calendar: Calendar): Record<string, unknown> {
  return {
    id: calendar.id, name: calendar.name, color: "auto", hexColor: "", isDefaultCalendar: calendar.isDefault, changeKey: "1", canShare: true, canViewPrivateItems: true, canEdit: true,
    allowedOnlineMeetingProviders: ["teamsForBusiness"], defaultOnlineMeetingProvider: "teamsForBusiness", isTallyingResponses: true, isRemovable: !calendar.isDefault,
    owner: { name: typeof owner.profile["displayName"] === "string" ? owner.profile["displayName"] : owner.name, address: owner.name },
  };
}

async function readSeries(store: TenantStore, owner: OwnerFile, entry: Entry): Promise<SeriesJson | undefined> {
  const text = await readFile(path.join(store.dir, entry.file), "utf8");
  try {
    return seriesFromIcs(text, { id: entry.id, ownerAddress: owner.name, changeKey: changeKey(entry), modified: fileInstant(entry) });
  } catch {
    // An .ics that nobody can parse could not have come from Exchange: it is left out.
    return undefined;
  }
}

const SERIES_ONLY = ["cancelledOccurrences", "exceptionOccurrences"];

/** An event as an answer shows it: the two series properties only when asked for, and never in a cloud without them. */
function shown(event: Record<string, unknown>, call: Call, cloud: "global" | "bleu", selected = true): object {
  const asked = `${call.query.get("$select") ?? ""},${call.query.get("$expand") ?? ""}`;
  for (const name of SERIES_ONLY) {
    if (cloud === "bleu" && asked.includes(name)) throw new GraphRefusal(400, "BadRequest", `Could not find a property named '${name}' on type 'microsoft.graph.event'.`);
  }
  const { cancelledOccurrences, "x-original-day": _day, ...plain } = event;
  const full = asked.includes("cancelledOccurrences") ? { ...plain, cancelledOccurrences: cancelledOccurrences ?? [] } : plain;
  return selected ? select(full, call.query, new Set([...Object.keys(plain), ...SERIES_ONLY])) : full;
}

function windowOf(call: Call): { from: number; to: number } {
  const [from, to] = ["startDateTime", "endDateTime"].map((name) => Date.parse(zoned(call.query.get(name) ?? call.query.get(name.toLowerCase()) ?? "")));
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) throw new GraphRefusal(400, "ErrorInvalidParameter", "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.");
  return { from, to };
}

/** A time without offset is UTC. */
function zoned(text: string): string {
  return /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
}

async function view(call: Call, all: readonly SeriesJson[], cloud: "global" | "bleu"): Promise<Answer> {
  const { from, to } = windowOf(call);
  return collection(call, "events", all.flatMap((series) => instancesBetween(series, from, to)), 10, (event) => shown(event, call, cloud));
}

/** Window delta (api-reference/v1.0/api/event-delta): the window is fixed in the first call and travels in the tokens. */
async function viewDelta(store: TenantStore, call: Call, all: readonly SeriesJson[], calendar: string, cloud: "global" | "bleu"): Promise<Answer> {
  const state = readToken<{ from: number; to: number; base: number }>(call.query.get("$deltatoken"));
  if (state !== undefined && state.base < store.expiredBefore) throw new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found.");
  const { from, to } = state ?? windowOf(call);
  const base = state?.base ?? 0;
  const changed = all.filter(({ master }) => (store.entries.get(String(master["id"]))?.seq ?? 0) > base);
  const removed = base === 0 ? [] : store.departures.filter((gone) => gone.container === calendar && gone.seq > base).map(({ id }) => ({ id, "@removed": { reason: "deleted" } }));
  const value = [...changed.flatMap((series) => instancesBetween(series, from, to)).map((event) => shown(event, call, cloud)), ...removed];
  return { json: { "@odata.context": context(call, "Collection(event)"), "@odata.deltaLink": link(call, "$deltatoken", { from, to, base: store.seq }, false), value } };
}
