import type { Charge } from "../../core/governor.js";

/** A request as far as its price goes. */
export interface Priced {
  /** Path or link, with or without host, version and query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Governor key of what is read ("graph:mailbox:<id>"), as the reader knows it: an address can name the same mailbox in several ways. */
  readonly key?: string;
}

/** `users` and `groups`: what belongs to the mailbox (concepts/throttling-limits, "Outlook service resources"). */
const MAILBOX = /^(?:mailfolders|messages|calendar|calendars|calendargroups|calendarview|events|contacts|contactfolders|mailboxsettings|outlook|inferenceclassification|photo|photos|people|todo|threads|conversations)$/;
const SHAREPOINT = /^(?:drive|drives|sites|lists|shares)$/;
/** Last segments that answer with a list; the others answer with one thing. */
const LISTS = /^(?:children|versions|items|lists|drives|sites|getallsites|columns|contenttypes|delta|permissions|pages)$/;
/** Rows of Teams' table: "GET team, channel, tab, installedApps, appCatalogs", and "Other GET". */
const PARTS = "graph:teams-parts";
const OTHERS = "graph:teams-others";
const DIRECTORY = /^(?:users|groups|directory|directoryobjects|directoryroles|domains|organization|subscribedskus|serviceprincipals|applications|oauth2permissiongrants)$/;
/** Resource units of directory requests; the others cost 1 ("Identity and access service limits", base request costs). */
const DIRECTORY_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^users$/, 2], [/^groups\/[^/]+\/members$/, 3], [/^groups\/[^/]+\/transitivemembers$/, 5], [/^subscribedskus$/, 3],
  [/^users\/[^/]+\/(?:licensedetails|memberof|ownedobjects|transitivememberof)$/, 2], [/^serviceprincipals\/[^/]+\/approleassignments$/, 2], [/^oauth2permissiongrants/, 2],
];

/**
 * What a request counts against, the key to blame when it is throttled last. Keys of the whole tenant stand as they are, the others are an application's own:
 * `ofApp` names it. SharePoint measures the application and not the drive, so that its refusals are the application's.
 */
export function chargesOf(request: Priced): readonly Charge[] {
  const { segments, parameters } = parsed(request);
  const charges = [one("graph:app"), ...(serviceCharges(segments, parameters) ?? [])];
  const { key } = request;
  if (key === undefined) return charges;
  const family = familyOf(key);
  const known = charges.some((charge) => familyOf(charge.key) === family);
  if (known) return charges.map((charge) => (familyOf(charge.key) === family ? { ...charge, key } : charge));
  return charges.length > 1 ? [...charges.slice(0, -1), one(key), ...charges.slice(-1)] : [...charges, one(key)];
}

/** Bytes by a pre-authenticated address: it does not pass through Graph, and costs what "Download file from drive item" costs. */
export function downloadCharges(key: string | undefined): readonly Charge[] {
  return [...(key === undefined ? [] : [one(key)]), ...sharePoint(1)];
}

/** "graph:mailbox:<id>" becomes "graph:mailbox:<app>:<id>": each application has limits of its own. */
export function ofApp(charges: readonly Charge[], app: string): readonly Charge[] {
  return charges.map((charge) => {
    if (charge.key === TENANT) return charge;
    const family = familyOf(charge.key);
    return { ...charge, key: `${family}:${app}${charge.key.slice(family.length)}` };
  });
}

const TENANT = "graph:sharepoint-tenant";

function serviceCharges(segments: readonly string[], parameters: ReadonlyMap<string, string>): readonly Charge[] | undefined {
  const [first = "", id = "", third = "", fourth = ""] = segments;
  if (segments.includes("onenote")) return [one("graph:onenote")];
  if (first === "teams" || (first === "groups" && third === "team")) return teams(segments);
  if (first === "chats") return [one(third === "messages" ? "graph:chat-messages" : third === "tabs" ? PARTS : OTHERS), one(`graph:chat:${id}`)];
  if (third === "chats") return fourth === "getallmessages" ? [one("graph:all-messages")] : [one(OTHERS), one(`graph:user-chats:${id}`)];
  // A list of drives belongs to none of them.
  if (third === "drives" && fourth === "") return sharePoint(sharePointUnits(segments, parameters));
  if (first === "drives" || first === "sites" || first === "shares" || SHAREPOINT.test(third)) return [one(`graph:drive:${id}`), ...sharePoint(sharePointUnits(segments, parameters))];
  if (first === "planner" || third === "planner") return [one("graph:planner")];
  if (first === "reports") return [one(`graph:reports:${id.replace(/\(.*/, "")}`)];
  if ((first === "users" || first === "groups") && MAILBOX.test(third)) return [one(`graph:mailbox:${id}`)];
  if (third === "joinedteams") return [one("graph:teams")];
  return DIRECTORY.test(first) ? [{ key: "graph:directory", units: directoryUnits(segments, parameters) }] : undefined;
}

function teams(segments: readonly string[]): readonly Charge[] {
  const [, team = "", third = "", channel = "", fifth = ""] = segments;
  if (channel.startsWith("getallmessages") || channel.startsWith("getallretainedmessages")) return [one("graph:all-messages"), one(`graph:team:${team}`)];
  const inChannel = third === "channels" && channel !== "";
  const list = third === "members" || (third === "channels" && (channel === "" || fifth === "members"));
  const kinds = inChannel && fifth === "messages" ? ["graph:channel-messages"]
    : list ? ["graph:teams-lists"]
    // Two rows speak of the team itself.
    : third === "" ? ["graph:teams", PARTS]
    : (inChannel && ["", "tabs"].includes(fifth)) || third === "installedapps" ? [PARTS] : [OTHERS];
  return [...kinds.map(one), ...(team === "" ? [] : [one(`graph:team:${team}`)]), ...(inChannel ? [one(`graph:channel:${channel}`)] : [])];
}

function sharePoint(units: number): readonly Charge[] {
  return [{ key: TENANT, units }, { key: "graph:sharepoint", units }];
}

/** 1 for one item, a download, or a delta with a token; 2 for a list; 5 for permissions ("Application throttling", resource units per request). */
function sharePointUnits(given: readonly string[], parameters: ReadonlyMap<string, string>): number {
  // A cast ("pages/microsoft.graph.sitePage") leads nowhere.
  const segments = given.filter((segment) => !segment.startsWith("microsoft.graph."));
  const last = segments.at(-1) ?? "";
  if (segments.includes("permissions") || /permissions/i.test(parameters.get("$expand") ?? "")) return 5;
  if (last.startsWith("delta")) return [...parameters.keys()].some((name) => /^\$?(?:delta|skip)?token$/.test(name)) || /token=/.test(last) ? 1 : 2;
  return LISTS.test(last) ? 2 : 1;
}

/** `$select` and a `$top` under 20 make it cheaper, `$expand` dearer, never under 1 (same table, "Other factors"). */
function directoryUnits(segments: readonly string[], parameters: ReadonlyMap<string, string>): number {
  const path = segments.join("/");
  const base = DIRECTORY_UNITS.find(([pattern]) => pattern.test(path))?.[1] ?? 1;
  const few = Number(parameters.get("$top") ?? 20) < 20;
  return Math.max(1, base - (parameters.has("$select") ? 1 : 0) - (few ? 1 : 0) + (parameters.has("$expand") ? 1 : 0));
}

/** Segments in lower case; `users('x')` is `users/x`. `/me` is a mailbox and a user like any other. */
function parsed({ path, query = {} }: Priced): { segments: readonly string[]; parameters: ReadonlyMap<string, string> } {
  const url = new URL(path, "https://graph.invalid");
  const given = url.pathname.replace(/^\/v1\.0(?=\/|$)/, "").replace(/\('([^']*)'\)/g, "/$1").split("/").filter((segment) => segment !== "");
  const spelled = given[0]?.toLowerCase() === "me" ? ["users", ...given] : given;
  const parameters = new Map([...url.searchParams, ...Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])].map(([name, value]) => [name.toLowerCase(), value]));
  return { segments: spelled.map((segment) => segment.toLowerCase()), parameters };
}

function one(key: string): Charge {
  return { key, units: 1 };
}

function familyOf(key: string): string {
  return key.split(":").slice(0, 2).join(":");
}
