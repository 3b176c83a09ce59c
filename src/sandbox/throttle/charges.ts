import { decoded } from "../router.js";
import { DIRECTORY, DIRECTORY_COSTS, GLOBAL, ONENOTE, ONENOTE_DELEGATED, OUTLOOK, SHAREPOINT, SHAREPOINT_COSTS, TEAMS, type Concurrency, type Rate, type Service } from "./limits.js";

/** What a request is counted against: a limit, whose share of it, and how much. */
export interface Charge {
  readonly limit: Rate;
  readonly key: string;
  readonly units: number;
}

/** What a request occupies while it runs. */
export interface Place {
  readonly limit: Concurrency;
  readonly key: string;
}

/** A request as the limits see it. */
export interface Asked {
  /** Path below the version, without slash: "users/1/messages". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who is signed in; absent: the app acts for itself. */
  readonly user?: string;
}

export interface Tenant {
  readonly users: number;
  readonly licences: number;
  /** One name for a person who may be asked for by several. */
  personOf(key: string): string;
}

export interface Costs {
  readonly charges: readonly Charge[];
  readonly places: readonly Place[];
}

const OUTLOOK_PATH = /^(users|groups)\/([^/]+)\/(?:messages|mailFolders|calendar|calendars|calendarView|calendarGroups|events|contacts|contactFolders|photos?|outlook|mailboxSettings|inferenceClassification|people|todo|threads|conversations)(?:\/|$)/i;
const ONENOTE_PATH = /\/onenote(?:\/|$)/i;
const SHAREPOINT_PATH = /^(?:drives|sites|shares|download)(?:\/|$)|^(?:users|groups)\/[^/]+\/(?:drives?|sites|root)(?:[/:]|$)/i;
const TEAMS_PATH = /^(?:teams|chats|appCatalogs)(?:\/|$)|^users\/[^/]+\/(?:chats|joinedTeams)(?:\/|$)|^groups\/[^/]+\/team$/i;
/** Planner publishes no limits ("Tasks and plans service limits"). */
const UNLIMITED_PATH = /^planner\/|^(?:users|groups)\/[^/]+\/planner(?:\/|$)/i;

/** The service that answers a path below the version. */
export function serviceOf(path: string): Service {
  if (ONENOTE_PATH.test(path)) return "onenote";
  if (OUTLOOK_PATH.test(path)) return "outlook";
  if (TEAMS_PATH.test(path)) return "teams";
  if (SHAREPOINT_PATH.test(path)) return "sharepoint";
  return UNLIMITED_PATH.test(path) ? "graph" : "directory";
}

/** What one request costs an app. `strict`: Outlook's four requests at once are for all mailboxes together. */
export function costsOf(asked: Asked, app: string, tenant: Tenant, strict = false): Costs {
  const always: Charge = { limit: GLOBAL, key: app, units: 1 };
  const { charges, places } = ofService(asked, app, tenant, strict);
  return { charges: [always, ...charges], places };
}

function ofService(asked: Asked, app: string, tenant: Tenant, strict: boolean): Costs {
  switch (serviceOf(asked.path)) {
    case "outlook": {
      const [, kind = "", key = ""] = OUTLOOK_PATH.exec(asked.path) ?? [];
      const mailbox = `${app} ${kind} ${kind.toLowerCase() === "users" ? tenant.personOf(decoded(key)) : key}`;
      return { charges: [{ limit: OUTLOOK.requests, key: mailbox, units: 1 }], places: [{ limit: OUTLOOK.concurrency, key: strict ? app : mailbox }] };
    }
    case "onenote": {
      const { minute, hour, concurrency } = asked.user === undefined ? ONENOTE : ONENOTE_DELEGATED;
      const key = asked.user === undefined ? app : `${app} ${asked.user}`;
      return { charges: [minute, hour].map((limit) => ({ limit, key, units: 1 })), places: [{ limit: concurrency, key }] };
    }
    case "teams": return { charges: teamsCharges(asked.path, app), places: [] };
    case "sharepoint": {
      const [units, licences] = [sharePointUnits(asked), tenant.licences];
      const own = [SHAREPOINT.minute(licences), SHAREPOINT.day(licences)].map((limit) => ({ limit, key: app, units }));
      return { charges: [...own, { limit: SHAREPOINT.tenant(licences), key: "", units }], places: [] };
    }
    case "directory": {
      const units = directoryUnits(asked);
      return { charges: [DIRECTORY.tenant(tenant.users), DIRECTORY.application].map((limit) => ({ limit, key: app, units })), places: [] };
    }
    case "graph": return { charges: [], places: [] };
  }
}

/** The row of Teams' table, and the team, channel, chat or person itself. */
function teamsCharges(path: string, app: string): Charge[] {
  const [, team, below = ""] = /^teams\/([^/]+)(?:\/(.*))?$/i.exec(path) ?? [];
  const row = (limit: Rate): Charge => ({ limit, key: app, units: 1 });
  const one = (limit: Rate, key: string): Charge => ({ limit, key: `${app} ${decoded(key)}`, units: 1 });
  if (team === undefined) return chatsCharges(path, row, one);
  const [, channel, rest = ""] = /^channels\/([^/]+)(?:\/(.*))?$/i.exec(below) ?? [];
  if (channel === undefined || /^(?:getAllMessages|allMessages)/i.test(channel)) return [row(teamRow(below)), one(TEAMS.oneTeam, team)];
  const kind = /^messages(?:\/|$)/i.test(rest) ? TEAMS.channelMessage : /^members(?:\/|$)/i.test(rest) ? TEAMS.channelMembers : /^(?:tabs.*)?$/i.test(rest) ? TEAMS.entity : TEAMS.other;
  return [row(kind), one(TEAMS.oneTeam, team), one(TEAMS.oneChannel, channel)];
}

function chatsCharges(path: string, row: (limit: Rate) => Charge, one: (limit: Rate, key: string) => Charge): Charge[] {
  if (/\/chats\/(?:getAllMessages|allMessages)/i.test(path)) return [row(TEAMS.allChatMessages)];
  const [, person] = /^users\/([^/]+)\/chats$/i.exec(path) ?? [];
  if (person !== undefined) return [row(TEAMS.other), one(TEAMS.chatsOfOne, person)];
  const [, chat, rest = ""] = /(?:^|\/)chats\/([^/]+)(?:\/(.*))?$/i.exec(path) ?? [];
  if (chat !== undefined) return [row(/^messages(?:\/|$)/i.test(rest) ? TEAMS.chatMessage : TEAMS.other), one(TEAMS.oneChat, chat)];
  return [row(/joinedTeams$/i.test(path) ? TEAMS.team : TEAMS.other)];
}

function teamRow(below: string): Rate {
  if (below === "") return TEAMS.team;
  if (/^channels\/(?:getAllMessages|allMessages)/i.test(below)) return TEAMS.allChannelMessages;
  if (/^channels$/i.test(below)) return TEAMS.teamChannels;
  if (/^members$/i.test(below)) return TEAMS.teamMembers;
  return /^installedApps/i.test(below) ? TEAMS.entity : TEAMS.other;
}

/** Resource units of a directory request: base cost, $select −1, $expand +1, $top below 20 −1, never below 1. */
export function directoryUnits({ path, query }: Asked): number {
  const base = DIRECTORY_COSTS.find(([pattern]) => pattern.test(path))?.[1] ?? 1;
  const top = query.get("$top");
  return Math.max(1, base - (query.has("$select") ? 1 : 0) + (query.has("$expand") ? 1 : 0) - (top !== null && Number(top) < 20 ? 1 : 0));
}

/** Collections by the last part of their path: a query for several items, whatever came back. */
const SEVERAL = /(?:^|\/)(?:drives|sites|getAllSites|children|items|lists|columns|contentTypes|versions|pages|webParts|delta|subsites|following|activities|thumbnails|search\(.*\))$/i;

export function sharePointUnits({ path, query }: Asked): number {
  if (/\/permissions(?:\/|$)/i.test(path) || /(?:^|,)permissions/i.test(query.get("$expand") ?? "")) return SHAREPOINT_COSTS.permissions;
  if (/\/delta$/i.test(path) && ["token", "$skiptoken", "$deltatoken"].some((name) => query.has(name))) return SHAREPOINT_COSTS.one;
  // A type cast at the end changes nothing of what is asked.
  return SEVERAL.test(path.replace(/\/microsoft\.graph\.\w+$/i, "")) ? SHAREPOINT_COSTS.many : SHAREPOINT_COSTS.one;
}
