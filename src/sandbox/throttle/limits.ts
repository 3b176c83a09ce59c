/** Who refuses: each service has words of its own for it. */
export type Service = "graph" | "outlook" | "teams" | "directory" | "onenote" | "sharepoint";

/**
 * So many units in so much time. What is used flows back steadily (a token bucket), or all at once when the window that the first request
 * opened has passed.
 */
export interface Rate {
  readonly service: Service;
  readonly name: string;
  readonly units: number;
  readonly windowMs: number;
  readonly refill: "steady" | "window";
}

/** So many requests at once. */
export interface Concurrency {
  readonly service: Service;
  readonly name: string;
  readonly atOnce: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function perSecond(service: Service, name: string, units: number): Rate {
  return { service, name, units, windowMs: SECOND, refill: "steady" };
}

function inWindow(service: Service, name: string, units: number, windowMs: number): Rate {
  return { service, name, units, windowMs, refill: "window" };
}

/** Per app, whatever it asks for (concepts/throttling-limits, global limits; 2,000 a second until 2023). */
export const GLOBAL: Rate = { service: "graph", name: "Any", units: 130_000, windowMs: 10 * SECOND, refill: "steady" };

/**
 * Per app and mailbox, a person's or a group's (concepts/throttling-limits, "Outlook service limits"). Since 2023 the page words the four
 * requests at once as a limit of the app, "regardless of whether the requests all access the same mailbox"; until then, and in the refusals
 * that are seen (`MailboxConcurrency`), it is one of app and mailbox. `strict` takes the page at its word.
 */
export const OUTLOOK = {
  requests: inWindow("outlook", "request", 10_000, 10 * MINUTE),
  concurrency: { service: "outlook", name: "MailboxConcurrency", atOnce: 4 },
} as const;

/** Per app and tenant, by kind of GET request (concepts/throttling-limits, "Microsoft Teams service limits"). */
export const TEAMS = {
  channelMessage: perSecond("teams", "GET channel message", 20),
  chatMessage: perSecond("teams", "GET 1:1/group chat message", 20),
  /** Members of a team, its channels, members of a channel: three rows of the table, each with its own allowance. */
  teamMembers: perSecond("teams", "GET team members", 60),
  teamChannels: perSecond("teams", "GET team channels", 60),
  channelMembers: perSecond("teams", "GET channel members", 60),
  allChannelMessages: perSecond("teams", "GET all channel messages of a team", 200),
  allChatMessages: perSecond("teams", "GET all chat messages of a user", 200),
  /** Team, channel, tab, installedApps, appCatalogs. */
  entity: perSecond("teams", "GET team, channel, tab", 30),
  /** `/teams/{id}` and joinedTeams. */
  team: perSecond("teams", "GET /teams/{id}, joinedTeams", 30),
  other: perSecond("teams", "Other GET", 30),
  /** Below the table: a given team, and a given channel or chat, which costs its team as well. */
  oneTeam: perSecond("teams", "a given team", 4),
  oneChannel: perSecond("teams", "a given channel", 1),
  oneChat: perSecond("teams", "a given chat", 1),
  /** "List chats", of one person. */
  chatsOfOne: perSecond("teams", "chats of a user", 5),
} as const;

/** Resource units per app and tenant by number of users, and per app over all tenants ("Identity and access service limits"; a token bucket). */
export const DIRECTORY = {
  tenant: (users: number): Rate => ({ service: "directory", name: "ResourceUnit", units: users < 50 ? 3_500 : users <= 500 ? 5_000 : 8_000, windowMs: 10 * SECOND, refill: "steady" }),
  application: { service: "directory", name: "ApplicationResourceUnit", units: 150_000, windowMs: 20 * SECOND, refill: "steady" },
} as const;

/** Base costs of GET requests that cost more than 1, by path ("Identity and access service limits", table of base request costs). */
export const DIRECTORY_COSTS: readonly (readonly [pattern: RegExp, units: number])[] = [
  [/^applications$/, 2], [/^applications\/[^/]+\/extensionProperties$/, 2], [/^contracts$/, 3], [/^domains\/[^/]+\/domainNameReferences$/, 4],
  [/^groups\/[^/]+\/members$/, 3], [/^groups\/[^/]+\/transitiveMembers$/, 5], [/^oauth2PermissionGrants(?:\/[^/]+)?$/, 2], [/^servicePrincipals\/[^/]+\/appRoleAssignments$/, 2],
  [/^subscribedSkus$/, 3], [/^users$/, 2], [/^users\/[^/]+\/(?:licenseDetails|memberOf|ownedObjects|transitiveMemberOf)$/, 2],
];

/** Per app, app-only ("OneNote service limits"); its refusals carry no Retry-After. */
export const ONENOTE = {
  minute: inWindow("onenote", "requests in a minute", 240, MINUTE),
  hour: inWindow("onenote", "requests in an hour", 800, HOUR),
  concurrency: { service: "onenote", name: "concurrent requests", atOnce: 20 },
} as const;

/** Per app and user, delegated (same section). */
export const ONENOTE_DELEGATED = {
  minute: inWindow("onenote", "requests of a user in a minute", 120, MINUTE),
  hour: inWindow("onenote", "requests of a user in an hour", 400, HOUR),
  concurrency: { service: "onenote", name: "concurrent requests of a user", atOnce: 5 },
} as const;

/** Sizes by licences: from none, over 1,000, 5,000, 15,000 and 50,000. */
const LICENCES = [1_000, 5_000, 15_000, 50_000];
const MINUTE_UNITS = [1_250, 2_500, 3_750, 5_000, 6_250];
const DAY_UNITS = [1_200_000, 2_400_000, 3_600_000, 4_800_000, 6_000_000];
const TENANT_UNITS = [18_750, 37_500, 56_250, 75_000, 93_750];

/**
 * Resource units per app and tenant, in a minute and a day, and per tenant in five minutes, by number of licences ("Avoid getting throttled or blocked in
 * SharePoint Online", "Application Throttling" and "Tenant Throttling", October 2025; earlier editions gave 1,200 units a minute where this one gives 1,250).
 */
export const SHAREPOINT = {
  minute: (licences: number): Rate => inWindow("sharepoint", "App 1-minute resource unit", bySize(MINUTE_UNITS, licences), MINUTE),
  day: (licences: number): Rate => inWindow("sharepoint", "App 24-hour resource unit", bySize(DAY_UNITS, licences), 24 * HOUR),
  tenant: (licences: number): Rate => inWindow("sharepoint", "Tenant 5-minute resource unit", bySize(TENANT_UNITS, licences), 5 * MINUTE),
} as const;

/** Resource units of one request ("Avoid getting throttled or blocked in SharePoint Online", "Resource units"). */
export const SHAREPOINT_COSTS = { one: 1, many: 2, permissions: 5 } as const;

function bySize(table: readonly number[], licences: number): number {
  return table[LICENCES.filter((limit) => licences > limit).length] ?? 0;
}
