import type { KeyLimit, Rate } from "../../core/governor.js";

/** A limit as Microsoft publishes it. The governor key that it holds for starts with `key`. */
export interface PublishedLimit {
  readonly key: string;
  /** What it is counted for, in words. */
  readonly scope: string;
  /** Requests at once; absent: none is published. */
  readonly concurrent?: number;
  /** All of them hold; empty: none is published. */
  readonly rates: readonly Rate[];
  /** Document and section. */
  readonly source: string;
}

export interface TenantSize {
  /** Licences bought: SharePoint's limits grow with them, the directory's with the users whom they stand for. */
  readonly licences: number;
  /** Signed in as a user rather than as an application: OneNote has limits of its own then. */
  readonly delegated: boolean;
  /** Shortens windows and what they allow alike, none below a second: for a sandbox whose limits are shortened so (`--throttle-scale`). 1 when absent. */
  readonly scale?: number;
  /** Whether the rates are left out, for a sandbox that has none. */
  readonly unpaced?: boolean;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const GRAPH = "Microsoft Graph, concepts/throttling-limits";
const TEAMS = `${GRAPH}, "Microsoft Teams service limits" (includes/throttling-teams)`;
const SHAREPOINT = "SharePoint, \"Avoid getting throttled or blocked in SharePoint Online\", resource unit limits";

/** Steps of SharePoint's limits: up to so many licences, units a minute and a day for an application, in five minutes for the whole tenant. */
const SHAREPOINT_STEPS = [
  { licences: 1_000, minute: 1_250, day: 1_200_000, tenant: 18_750 },
  { licences: 5_000, minute: 2_500, day: 2_400_000, tenant: 37_500 },
  { licences: 15_000, minute: 3_750, day: 3_600_000, tenant: 56_250 },
  { licences: 50_000, minute: 5_000, day: 4_800_000, tenant: 75_000 },
  { licences: Infinity, minute: 6_250, day: 6_000_000, tenant: 93_750 },
] as const;

/** Steps of the directory's limit: fewer than so many users, resource units in ten seconds. */
const DIRECTORY_STEPS = [{ users: 50, units: 3_500 }, { users: 501, units: 5_000 }, { users: Infinity, units: 8_000 }] as const;

/** Every published limit that reading meets, shortened by the scale. */
export function limitsOf(size: TenantSize): readonly PublishedLimit[] {
  const { scale = 1 } = size;
  return publishedLimits(size).map((limit) => ({ ...limit, rates: limit.rates.map((rate) => shortened(rate, scale)) }));
}

function shortened({ units, perMs }: Rate, scale: number): Rate {
  const factor = Math.min(1, Math.max(scale, SECOND / perMs));
  return { units: Math.max(1, Math.floor(units * factor)), perMs: Math.round(perMs * factor) };
}

/** Every published limit that reading meets. An application has its own share of each, but for the one of the whole tenant. */
export function publishedLimits({ licences, delegated }: TenantSize): readonly PublishedLimit[] {
  const sharePoint = SHAREPOINT_STEPS.find((step) => licences <= step.licences) ?? SHAREPOINT_STEPS[4];
  const directory = DIRECTORY_STEPS.find((step) => licences < step.users) ?? DIRECTORY_STEPS[2];
  return [
    { key: "graph:app:", scope: "application", rates: [{ units: 130_000, perMs: 10 * SECOND }], source: `${GRAPH}, global limits (2,000 a second on earlier pages)` },
    { key: "graph:mailbox:", scope: "application and mailbox", concurrent: 4, rates: [{ units: 10_000, perMs: 10 * MINUTE }], source: `${GRAPH}, "Outlook service limits", "Limits per mailbox" (includes/throttling-outlook)` },
    { key: "graph:team:", scope: "application and team", rates: [{ units: 4, perMs: SECOND }], source: TEAMS },
    { key: "graph:channel:", scope: "application and channel", rates: [{ units: 1, perMs: SECOND }], source: TEAMS },
    { key: "graph:chat:", scope: "application and chat", rates: [{ units: 1, perMs: SECOND }], source: TEAMS },
    { key: "graph:user-chats:", scope: "List chats, by user", rates: [{ units: 5, perMs: SECOND }], source: TEAMS },
    { key: "graph:channel-messages:", scope: "GET channel message, by application", rates: [{ units: 20, perMs: SECOND }], source: TEAMS },
    { key: "graph:chat-messages:", scope: "GET chat message, by application", rates: [{ units: 20, perMs: SECOND }], source: TEAMS },
    { key: "graph:teams-lists:", scope: "members and channels, by application", rates: [{ units: 60, perMs: SECOND }], source: TEAMS },
    { key: "graph:all-messages:", scope: "getAllMessages, by application", rates: [{ units: 200, perMs: SECOND }], source: TEAMS },
    { key: "graph:teams:", scope: "GET /teams/{id}, joinedTeams, by application", rates: [{ units: 30, perMs: SECOND }], source: TEAMS },
    { key: "graph:teams-parts:", scope: "team, channel, tab, by application", rates: [{ units: 30, perMs: SECOND }], source: TEAMS },
    { key: "graph:teams-others:", scope: "other GET, by application", rates: [{ units: 30, perMs: SECOND }], source: TEAMS },
    { key: "graph:directory:", scope: "application, resource units", rates: [{ units: directory.units, perMs: 10 * SECOND }], source: `${GRAPH}, "Identity and access service limits"` },
    delegated
      ? { key: "graph:onenote:", scope: "application and user", concurrent: 5, rates: [{ units: 120, perMs: MINUTE }, { units: 400, perMs: HOUR }], source: `${GRAPH}, "OneNote service limits", delegated` }
      : { key: "graph:onenote:", scope: "application", concurrent: 20, rates: [{ units: 240, perMs: MINUTE }, { units: 800, perMs: HOUR }], source: `${GRAPH}, "OneNote service limits", app-only` },
    { key: "graph:reports:", scope: "application and report", rates: [{ units: 14, perMs: 10 * MINUTE }], source: `${GRAPH}, "Microsoft 365 reports service limits"` },
    { key: "graph:planner:", scope: "none is published", rates: [], source: `${GRAPH}, "Tasks and plans service limits"` },
    { key: "graph:sharepoint:", scope: "application, resource units", rates: [{ units: sharePoint.minute, perMs: MINUTE }, { units: sharePoint.day, perMs: 24 * HOUR }], source: SHAREPOINT },
    { key: "graph:sharepoint-tenant", scope: "tenant, all applications, resource units", rates: [{ units: sharePoint.tenant, perMs: 5 * MINUTE }], source: SHAREPOINT },
  ];
}

/** Where concurrency starts and how far it grows where Microsoft publishes none: low, and up until told to slow down. */
const CONCURRENCY: Readonly<Record<string, { readonly start: number; readonly max: number }>> = {
  "": { start: 4, max: 16 },
  "graph:app:": { start: 32, max: 128 },
  "graph:drive:": { start: 4, max: 16 },
  "graph:team:": { start: 4, max: 8 },
  "graph:channel:": { start: 2, max: 4 },
  "graph:chat:": { start: 2, max: 4 },
  "graph:planner:": { start: 2, max: 4 },
  "graph:reports:": { start: 1, max: 2 },
  "target:": { start: 8, max: 64 },
};
const WIDE = { start: 16, max: 64 };

/** What the governor of a run keeps to. */
export function governorLimits(size: TenantSize): Readonly<Record<string, KeyLimit>> {
  const published = limitsOf(size).map(({ key, concurrent, rates }): [string, KeyLimit] => {
    const { start, max } = concurrent === undefined ? CONCURRENCY[key] ?? WIDE : { start: concurrent, max: concurrent };
    return [key, { start, max, ...(size.unpaced === true ? {} : { rates }) }];
  });
  return { ...CONCURRENCY, ...Object.fromEntries(published) };
}
