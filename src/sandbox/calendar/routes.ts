import { GraphRefusal, notFound, type Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { mailFolders } from "../mail/folders.js";
import { collection, context, select, type Call, type Route } from "../odata.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import type { EventAttachment } from "./attachments.js";
import { CalendarStore, type Calendar, type FileWarning } from "./calendar-store.js";
import type { GraphEvent } from "./event-json.js";
import { instancesBetween, type Window } from "./instances.js";
import { calendarPermissions } from "./permissions.js";
import { Presentation } from "./presentation.js";
import { ViewDelta } from "./view-delta.js";

const ROLE = "Calendars.Read";
/** Class of the group that every mailbox has (sample of api-reference/v1.0/api/user-list-calendargroups). */
const MY_CALENDARS = "0006f0b7-0000-0000-c000-000000000046";

type Handler = (call: Call, owner: OwnerFile) => Promise<Answer>;

/**
 * Calendars, events, instances, views and their deltas, and the attachments of events. Calendars of groups are not served: no application
 * permission reads them (api-reference/v1.0/api/group-list-events, permissions).
 * `warn` is told of what a file holds that is not served as it stands.
 */
export function calendarRoutes(tenant: TenantStore, warn: FileWarning = () => undefined): Route[] {
  const store = new CalendarStore(tenant, warn);
  const deltas = new ViewDelta(store);
  const get = (pattern: string, handler: Handler): Route => ({ method: "GET", pattern, role: ROLE, handle: async (call) => handler(call, mailboxOf(tenant, call)) });
  const calendar = (call: Call, owner: OwnerFile): Calendar => store.calendar(owner, call.params["calendar"]);
  const events = async (call: Call, owner: OwnerFile, what: string, list: readonly GraphEvent[]): Promise<Answer> => {
    const shape = new Presentation(call);
    return shape.confirmed(await collection(call, `users('${owner.id}')/${what}`, list, 10, (event) => shape.listed(event)));
  };
  const masters = async (call: Call, owner: OwnerFile, calendars: readonly Calendar[]): Promise<Answer> =>
    events(call, owner, "events", (await store.series(owner, calendars.flatMap((one) => store.files(one)))).map(({ master }) => master));
  const view = async (call: Call, owner: OwnerFile): Promise<Answer> => {
    const window = windowOf(call);
    const all = await store.series(owner, store.files(calendar(call, owner)));
    return events(call, owner, "calendarView", all.flatMap((series) => instancesBetween(series, window)));
  };
  const delta: Handler = async (call, owner) => {
    const shape = new Presentation({ ...call, query: new URLSearchParams() });
    return shape.confirmed(await deltas.answer(call, owner, calendar(call, owner), shape, windowOf));
  };
  const shown: Handler = async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/calendars/$entity`), ...calendarJson(owner, calendar(call, owner)) } });
  // Other paths to it are in the metadata and in no page.
  const rights = async (call: Call, owner: OwnerFile, one: Calendar, what: string): Promise<Answer> =>
    collection(call, `users('${owner.id}')/${what}calendar/calendarPermissions`, await calendarPermissions(tenant, owner, one), 10, (permission) => select(permission, call.query));
  const bases = ["/users/:user/calendar", "/users/:user/calendars/:calendar"];
  return [
    ...bases.flatMap((base) => [
      get(base, shown),
      get(`${base}/events`, (call, owner) => masters(call, owner, [calendar(call, owner)])),
      get(`${base}/calendarView`, view),
      get(`${base}/calendarView/delta`, delta),
    ]),
    get("/users/:user/calendar/calendarPermissions", (call, owner) => rights(call, owner, store.calendar(owner, undefined), "")),
    get("/users/:user/events/:event/calendar/calendarPermissions", async (call, owner) => {
      const { event, calendar: id } = await store.event(owner, call.params["event"] ?? "");
      return rights(call, owner, store.calendar(owner, id), `events('${event.id}')/`);
    }),
    get("/users/:user/calendarView", view),
    get("/users/:user/calendarView/delta", delta),
    get("/users/:user/events", (call, owner) => masters(call, owner, store.calendars(owner))),
    get("/users/:user/calendars", (call, owner) => collection(call, `users('${owner.id}')/calendars`, store.calendars(owner), 10, (one) => select(calendarJson(owner, one), call.query, CALENDAR_PROPERTIES))),
    get("/users/:user/calendarGroups", (call, owner) => collection(call, `users('${owner.id}')/calendarGroups`, [groupJson(tenant, owner)], 10, (group) => select(group, call.query))),
    get("/users/:user/calendarGroups/:calendarGroup", async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/calendarGroups/$entity`), ...group(tenant, call, owner) } })),
    get("/users/:user/calendarGroups/:calendarGroup/calendars", async (call, owner) => {
      group(tenant, call, owner);
      return collection(call, `users('${owner.id}')/calendars`, store.calendars(owner), 10, (one) => select(calendarJson(owner, one), call.query, CALENDAR_PROPERTIES));
    }),
    ...["/users/:user", ...bases].flatMap((base) => eventRoutes(store, `${base}/events/:event`, get)),
  ];
}

function eventRoutes(store: CalendarStore, base: string, get: (pattern: string, handler: Handler) => Route): Route[] {
  const read = (call: Call, owner: OwnerFile) => store.event(owner, call.params["event"] ?? "");
  const attachment = async (call: Call, owner: OwnerFile): Promise<EventAttachment> => {
    const found = (await read(call, owner)).event.attachments.find(({ id }) => id === call.params["attachment"]);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  };
  return [
    get(base, async (call, owner) => {
      const shape = new Presentation(call);
      return shape.confirmed({ json: { "@odata.context": context(call, `users('${owner.id}')/events/$entity`), ...shape.single(await read(call, owner)) } });
    }),
    get(`${base}/instances`, async (call, owner) => {
      const shape = new Presentation(call);
      const { series } = await read(call, owner);
      const found = series.recurrence === undefined ? [] : instancesBetween(series, windowOf(call));
      return shape.confirmed(await collection(call, `users('${owner.id}')/events('${series.master.id}')/instances`, found, 10, (event) => shape.listed(event)));
    }),
    get(`${base}/attachments`, async (call, owner) => {
      const { event } = await read(call, owner);
      return collection(call, `users('${owner.id}')/events('${event.id}')/attachments`, event.attachments, 50, ({ json }) => select(json, call.query));
    }),
    get(`${base}/attachments/:attachment`, async (call, owner) => ({ json: { "@odata.context": context(call, "attachments/$entity"), ...select((await attachment(call, owner)).json, call.query) } })),
    get(`${base}/attachments/:attachment/$value`, async (call, owner) => {
      const { bytes, json } = await attachment(call, owner);
      if (bytes === undefined) throw new GraphRefusal(405, "ErrorInvalidRequest", "A reference attachment has no raw value.");
      return { status: 200, headers: { "content-type": String(json["contentType"]), "content-length": String(bytes.length) }, stream: one(bytes) };
    }),
  ];
}

/** A user with a mailbox; the refusal for one without is the mail routes' own. */
function mailboxOf(tenant: TenantStore, call: Call): OwnerFile {
  const owner = userOf(tenant, call.params["user"] ?? "");
  mailFolders(tenant, owner);
  return owner;
}

const CALENDAR_PROPERTIES: ReadonlySet<string> = new Set([
  "id", "name", "color", "hexColor", "isDefaultCalendar", "changeKey", "canShare", "canViewPrivateItems", "canEdit", "allowedOnlineMeetingProviders", "defaultOnlineMeetingProvider",
  "isTallyingResponses", "isRemovable", "owner",
]);

function calendarJson(owner: OwnerFile, { id, name, isDefault }: Calendar): Record<string, unknown> {
  const { displayName, mail } = owner.profile;
  return {
    id, name, color: "auto", hexColor: "", isDefaultCalendar: isDefault, changeKey: Buffer.from(id).toString("base64").slice(0, 28), canShare: true, canViewPrivateItems: true, canEdit: true,
    allowedOnlineMeetingProviders: ["teamsForBusiness"], defaultOnlineMeetingProvider: "teamsForBusiness", isTallyingResponses: isDefault, isRemovable: !isDefault,
    owner: { name: typeof displayName === "string" ? displayName : owner.name, address: typeof mail === "string" ? mail : owner.name },
  };
}

function groupJson(tenant: TenantStore, owner: OwnerFile): Record<string, unknown> & { readonly id: string } {
  const id = tenant.idOf(owner.name, "calendar group");
  return { id, name: tenant.tenant.language === "fr" ? "Mes calendriers" : "My Calendars", classId: MY_CALENDARS, changeKey: Buffer.from(id).toString("base64").slice(0, 28) };
}

function group(tenant: TenantStore, call: Call, owner: OwnerFile): object {
  const found = groupJson(tenant, owner);
  if (found.id !== call.params["calendarGroup"]) throw notFound("ErrorItemNotFound", "");
  return found;
}

/** Both ends of a window; names in any case, a time without offset is UTC (api-reference/v1.0/api/calendar-list-calendarview). */
function windowOf(call: Call): Window {
  const told = (name: string): number => {
    const [, value = ""] = [...call.query].find(([key]) => key.toLowerCase() === name) ?? [];
    return Date.parse(/(?:Z|[+-]\d{2}:\d{2})$/i.test(value) ? value : /T/.test(value) ? `${value}Z` : value);
  };
  const window = { from: told("startdatetime"), to: told("enddatetime") };
  if (Number.isNaN(window.from) || Number.isNaN(window.to)) throw new GraphRefusal(400, "ErrorInvalidParameter", "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.");
  if (window.to < window.from) throw new GraphRefusal(400, "ErrorInvalidParameter", "The end of the time window lies before its start.");
  return window;
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
