import { describe, expect, it } from "@jest/globals";
import { chargesOf, downloadCharges, ofApp } from "../../../src/graph/pace/charges.js";
import { governorLimits, publishedLimits } from "../../../src/graph/pace/limits.js";
import { quotaOf } from "../../../src/graph/pace/quota.js";

const priced = (path: string, query?: Record<string, string | number>, key?: string): Record<string, number> =>
  Object.fromEntries(chargesOf({ path, ...(query === undefined ? {} : { query }), ...(key === undefined ? {} : { key }) }).map((charge) => [charge.key.replace("graph:", ""), charge.units]));

describe("published limits", () => {
  it("names a document for each, and is what the governor keeps to", () => {
    const published = publishedLimits({ licences: 1, delegated: false });
    const limits = governorLimits({ licences: 1, delegated: false });
    for (const { key, source, rates, concurrent } of published) {
      expect({ key, source }).toEqual({ key, source: expect.stringMatching(/^(Microsoft Graph|SharePoint), /) });
      expect(limits[key]?.rates).toEqual(rates);
      if (concurrent !== undefined) expect(limits[key]).toMatchObject({ start: concurrent, max: concurrent });
    }
  });

  it("grows with the tenant as SharePoint and the directory publish it", () => {
    const of = (licences: number) => {
      const limits = governorLimits({ licences, delegated: false });
      const first = (key: string): number | undefined => limits[key]?.rates?.[0]?.units;
      return [first("graph:sharepoint:"), first("graph:sharepoint-tenant"), first("graph:directory:")];
    };
    expect([1, 49, 50, 1_000, 1_001, 15_000, 50_001].map(of)).toEqual([
      [1_250, 18_750, 3_500], [1_250, 18_750, 3_500], [1_250, 18_750, 5_000], [1_250, 18_750, 8_000], [2_500, 37_500, 8_000], [3_750, 56_250, 8_000], [6_250, 93_750, 8_000],
    ]);
  });

  it("leaves concurrency alone where a sandbox has no rates", () => {
    const [paced, unpaced] = [governorLimits({ licences: 1, delegated: false }), governorLimits({ licences: 1, delegated: false, unpaced: true })];
    expect(Object.entries(paced).filter(([key, limit]) => unpaced[key]?.max !== limit.max)).toEqual([]);
    expect(Object.values(unpaced).filter(({ rates }) => rates !== undefined)).toEqual([]);
  });

  it("gives a signed-in user OneNote's smaller share", () => {
    expect(governorLimits({ licences: 1, delegated: true })["graph:onenote:"]).toMatchObject({ max: 5, rates: [{ units: 120, perMs: 60_000 }, { units: 400, perMs: 3_600_000 }] });
  });
});

describe("what a request counts against", () => {
  const DIRECTORY = { "app": 1, "directory": 1 };
  it.each<{ path: string; query?: Record<string, string | number>; charges: Record<string, number> }>([
    { path: "/users/U1/mailFolders/F/messages/delta", charges: { app: 1, "mailbox:u1": 1 } },
    { path: "https://graph.microsoft.com/v1.0/users('U1')/mailFolders('F')/messages/delta?$skiptoken=x", charges: { app: 1, "mailbox:u1": 1 } },
    { path: "/me/messages/M/$value", charges: { app: 1, "mailbox:me": 1 } },
    { path: "/groups/G/threads", charges: { app: 1, "mailbox:g": 1 } },
    { path: "/users", charges: { app: 1, directory: 2 } },
    { path: "/users", query: { $select: "id", $top: 999 }, charges: DIRECTORY },
    { path: "/users", query: { $select: "id", $top: 5 }, charges: DIRECTORY },
    { path: "/groups/G/members", charges: { app: 1, directory: 3 } },
    { path: "/groups/G/members", query: { $select: "id", $expand: "x" }, charges: { app: 1, directory: 3 } },
    { path: "/subscribedSkus", charges: { app: 1, directory: 3 } },
    { path: "/users/U/memberOf", charges: { app: 1, directory: 2 } },
    { path: "/users/U", charges: DIRECTORY },
    { path: "/drives/D/root/delta", charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 2, sharepoint: 2 } },
    { path: "https://graph.microsoft.com/v1.0/drives/D/root/delta?token=abc", charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 1, sharepoint: 1 } },
    { path: "https://graph.microsoft.com/v1.0/drives/D/root/delta(token='abc')", charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 1, sharepoint: 1 } },
    { path: "/drives/D/items/I", charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 1, sharepoint: 1 } },
    { path: "/drives/D/items/I/versions", charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 2, sharepoint: 2 } },
    { path: "/drives/D/items/I/permissions", charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 5, sharepoint: 5 } },
    { path: "/drives/D/items/I", query: { $expand: "permissions" }, charges: { app: 1, "drive:d": 1, "sharepoint-tenant": 5, sharepoint: 5 } },
    { path: "/groups/G/sites/root", charges: { app: 1, "drive:g": 1, "sharepoint-tenant": 1, sharepoint: 1 } },
    { path: "/sites/S/lists/L/items", charges: { app: 1, "drive:s": 1, "sharepoint-tenant": 2, sharepoint: 2 } },
    { path: "/teams/T", charges: { app: 1, teams: 1, "teams-parts": 1, "team:t": 1 } },
    { path: "/teams/T/channels", charges: { app: 1, "teams-lists": 1, "team:t": 1 } },
    { path: "/teams/T/members", charges: { app: 1, "teams-lists": 1, "team:t": 1 } },
    { path: "/teams/T/channels/19%3AC/members", charges: { app: 1, "teams-lists": 1, "team:t": 1, "channel:19%3ac": 1 } },
    { path: "/teams/T/channels/C/messages/M/replies", charges: { app: 1, "channel-messages": 1, "team:t": 1, "channel:c": 1 } },
    { path: "/teams/T/channels/C/tabs", charges: { app: 1, "teams-parts": 1, "team:t": 1, "channel:c": 1 } },
    { path: "/teams/T/channels/C", charges: { app: 1, "teams-parts": 1, "team:t": 1, "channel:c": 1 } },
    { path: "/teams/T/channels/C/filesFolder", charges: { app: 1, "teams-others": 1, "team:t": 1, "channel:c": 1 } },
    { path: "/teams/T/incomingChannels", charges: { app: 1, "teams-others": 1, "team:t": 1 } },
    { path: "/teams/T/channels/getAllMessages", charges: { app: 1, "all-messages": 1, "team:t": 1 } },
    { path: "/users/U/chats", charges: { app: 1, "teams-others": 1, "user-chats:u": 1 } },
    { path: "/users/U/chats/getAllMessages", charges: { app: 1, "all-messages": 1 } },
    { path: "/chats/C/tabs", charges: { app: 1, "teams-parts": 1, "chat:c": 1 } },
    { path: "/chats/C/members", charges: { app: 1, "teams-others": 1, "chat:c": 1 } },
    { path: "/chats/C/messages", charges: { app: 1, "chat-messages": 1, "chat:c": 1 } },
    { path: "/users/U/onenote/pages/P/content", charges: { app: 1, onenote: 1 } },
    { path: "/sites/S/onenote/notebooks", charges: { app: 1, onenote: 1 } },
    { path: "/planner/plans/P/tasks", charges: { app: 1, planner: 1 } },
    { path: "/reports/getMailboxUsageDetail(period='D7')", charges: { app: 1, "reports:getmailboxusagedetail": 1 } },
    { path: "/$batch", charges: { app: 1 } },
  ])("$path", ({ path, query, charges }) => {
    expect(priced(path, query)).toEqual(charges);
  });

  it("takes the reader's own name for what is read, whatever name the address has for it", () => {
    expect(priced("/users/alice@commune.fr/messages", {}, "graph:mailbox:ID")).toEqual({ app: 1, "mailbox:ID": 1 });
    expect(priced("/something/new", {}, "graph:mailbox:ID")).toEqual({ app: 1, "mailbox:ID": 1 });
  });

  it("blames the application for what SharePoint measures by application, and the narrowest key otherwise", () => {
    const last = (path: string): string | undefined => chargesOf({ path }).at(-1)?.key;
    expect([last("/drives/D/root/delta"), last("/users/U/messages"), last("/teams/T/channels/C/messages")]).toEqual(["graph:sharepoint", "graph:mailbox:u", "graph:channel:c"]);
  });

  it("gives each application keys of its own, but for what the whole tenant shares", () => {
    expect(ofApp(downloadCharges("graph:drive:D"), "A").map(({ key }) => key)).toEqual(["graph:drive:A:D", "graph:sharepoint-tenant", "graph:sharepoint:A"]);
  });
});

describe("RateLimit headers", () => {
  const of = (headers: Record<string, string>) => quotaOf(new Headers(headers));
  it("are read as seconds and units, policies left aside", () => {
    expect(of({ "RateLimit-Limit": "1200, 1200;w=60", "RateLimit-Remaining": "120", "RateLimit-Reset": "5" })).toEqual({ limit: 1_200, remaining: 120, resetMs: 5_000 });
    expect(of({ "RateLimit-Remaining": "0", "RateLimit-Reset": "31" })).toEqual({ remaining: 0, resetMs: 31_000 });
  });
  it("say nothing when one is missing or nonsense", () => {
    expect([of({}), of({ "RateLimit-Remaining": "5" }), of({ "RateLimit-Remaining": "-", "RateLimit-Reset": "soon" })]).toEqual([undefined, undefined, undefined]);
  });
});
