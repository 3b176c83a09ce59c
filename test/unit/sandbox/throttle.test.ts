import { describe, expect, it } from "@jest/globals";
import { GraphRefusal } from "../../../src/sandbox/answers.js";
import { costsOf, serviceOf, type Tenant } from "../../../src/sandbox/throttle/charges.js";
import { Throttle, type Admission, type ThrottleOptions } from "../../../src/sandbox/throttle/throttle.js";

const TENANT: Tenant = { users: 10, licences: 10, personOf: (key) => (key.includes("@") ? "id-of-zoe" : key) };

function asked(target: string): { path: string; query: URLSearchParams } {
  const [path = "", query] = target.split("?");
  return { path, query: new URLSearchParams(query) };
}

/** Charges besides the global one, as "name key units". */
function charges(target: string): string[] {
  return costsOf(asked(target), "app", TENANT).charges.slice(1).map(({ limit, key, units }) => `${limit.name} | ${key} | ${units}`);
}

describe("a request's service", () => {
  it.each([
    ["users/1/messages/2/$value", "outlook"], ["users/1/calendarView/delta", "outlook"], ["users/1/photo/$value", "outlook"], ["groups/1/threads", "outlook"],
    ["users/1/mailFolders/x/messages/delta", "outlook"], ["users/1/todo/lists", "outlook"],
    ["users/1/onenote/pages/2/content", "onenote"], ["sites/1/onenote/notebooks", "onenote"],
    ["teams/1/channels/2/messages", "teams"], ["chats/1/messages", "teams"], ["users/1/chats", "teams"], ["users/1/joinedTeams", "teams"],
    ["drives/1/items/2", "sharepoint"], ["users/1/drive/root:/a.txt:/content", "sharepoint"], ["sites/getAllSites", "sharepoint"], ["groups/1/sites/root", "sharepoint"], ["download/content.bin", "sharepoint"],
    ["users", "directory"], ["users/1", "directory"], ["groups/1/members", "directory"], ["organization", "directory"], ["planner/plans/1", "graph"],
  ])("%s is of %s", (path, service) => {
    expect(serviceOf(path)).toBe(service);
  });
});

describe("what a request costs", () => {
  it.each([
    ["users", 2], ["users?$select=id", 1], ["users?$select=id&$expand=manager", 2], ["users/1?$select=id", 1], ["groups/1/members", 3], ["groups/1/members?$select=id&$top=5", 1],
    ["groups/1/members?$top=999", 3], ["groups/1/transitiveMembers", 5], ["subscribedSkus", 3], ["users/1/memberOf", 2], ["users/delta", 1],
  ])("%s: %i resource units of the directory", (target, units) => {
    expect(charges(target)).toEqual([`ResourceUnit | app | ${units}`, `ApplicationResourceUnit | app | ${units}`]);
  });

  it.each([
    ["drives/1/items/2", 1], ["drives/1/root/children", 2], ["drives/1/root/delta", 2], ["drives/1/root/delta?token=x", 1], ["drives/1/root/delta?$skiptoken=x", 1], ["drives/1/items/2/permissions", 5],
    ["drives/1/items/2?$expand=permissions", 5], ["drives/1/items/2/content", 1], ["drives/1/items/2/versions", 2], ["sites?search=*", 2], ["sites/1/lists/2/items/3", 1], ["download/content", 1],
  ])("%s: %i resource units of SharePoint", (target, units) => {
    expect(charges(target)[0]).toBe(`App 1-minute resource unit | app | ${units}`);
  });

  it.each([
    ["teams/1/channels/2/messages?$top=50", ["GET channel message | app | 1", "a given team | app 1 | 1", "a given channel | app 2 | 1"]],
    ["teams/1/channels/2/messages/3/replies", ["GET channel message | app | 1", "a given team | app 1 | 1", "a given channel | app 2 | 1"]],
    ["teams/1/channels/2/members", ["GET channel members | app | 1", "a given team | app 1 | 1", "a given channel | app 2 | 1"]],
    ["teams/1/channels/2/tabs", ["GET team, channel, tab | app | 1", "a given team | app 1 | 1", "a given channel | app 2 | 1"]],
    ["teams/1/channels", ["GET team channels | app | 1", "a given team | app 1 | 1"]],
    ["teams/1/members", ["GET team members | app | 1", "a given team | app 1 | 1"]],
    ["teams/1", ["GET /teams/{id}, joinedTeams | app | 1", "a given team | app 1 | 1"]],
    ["teams/1/channels/getAllMessages", ["GET all channel messages of a team | app | 1", "a given team | app 1 | 1"]],
    ["chats/1/messages", ["GET 1:1/group chat message | app | 1", "a given chat | app 1 | 1"]], ["chats/1/members", ["Other GET | app | 1", "a given chat | app 1 | 1"]], ["users/1/chats/getAllMessages", ["GET all chat messages of a user | app | 1"]], ["users/1/chats", ["Other GET | app | 1", "chats of a user | app 1 | 1"]],
  ])("%s counts against its row of Teams", (target, expected) => {
    expect(charges(target)).toEqual(expected);
  });

  it("a mailbox is one by whatever name, and apart for each app", () => {
    const place = (path: string, app: string): string | undefined => costsOf(asked(path), app, TENANT).places[0]?.key;
    expect(place("users/zoe%40test.example/messages", "a")).toBe(place("users/id-of-zoe/events", "a"));
    expect(place("users/id-of-zoe/messages", "a")).not.toBe(place("users/id-of-zoe/messages", "b"));
    expect(costsOf(asked("users/1/messages"), "a", TENANT, true).places[0]?.key).toBe("a");
  });

  it("the tenant's size decides", () => {
    const first = (target: string, users: number): number | undefined => costsOf(asked(target), "app", { ...TENANT, users, licences: users }).charges[1]?.limit.units;
    expect([49, 50, 500, 501].map((users) => first("users", users))).toEqual([3_500, 5_000, 5_000, 8_000]);
    expect([1_000, 1_001, 5_001, 15_001, 50_001].map((users) => first("drives/1", users))).toEqual([1_250, 2_500, 3_750, 5_000, 6_250]);
  });
});

describe("the throttle", () => {
  let clock = 0;
  const throttle = (options: ThrottleOptions = {}): Throttle => {
    clock = Date.parse("2026-01-05T09:00:00Z");
    return new Throttle("tenant", () => TENANT, { now: () => clock, ...options });
  };
  const attempt = (of: Throttle, target: string, app = "app"): Admission | GraphRefusal => {
    try {
      return of.enter(asked(target), app);
    } catch (thrown) {
      if (thrown instanceof GraphRefusal) return thrown;
      throw thrown;
    }
  };
  /** Sends requests one after the other, without time passing, and answers the first refusal. */
  const until = (of: Throttle, target: string, most = 20_000, app = "app"): { let: number; refusal: GraphRefusal | undefined } => {
    for (let count = 0; count < most; count += 1) {
      const answer = attempt(of, target, app);
      if (answer instanceof GraphRefusal) return { let: count, refusal: answer };
      answer.leave();
    }
    return { let: most, refusal: undefined };
  };

  it("lets one request a second reach one channel, and four one team", () => {
    const of = throttle();
    const { let: passed, refusal } = until(of, "teams/1/channels/2/messages");
    expect([passed, refusal?.status, refusal?.code, refusal?.headers["retry-after"]]).toEqual([1, 429, "TooManyRequests", "2"]);
    // Another channel and another app have allowances of their own.
    expect([until(of, "teams/2/channels/3/messages").let, until(of, "teams/1/channels/2/messages", 9, "other").let]).toEqual([1, 1]);
    expect(until(of, "teams/3/members").let).toBe(4);
    clock += 2_000;
    expect(attempt(of, "teams/1/channels/2/messages")).not.toBeInstanceOf(GraphRefusal);
  });

  it("lets 20 channel messages a second through over all channels", () => {
    const of = throttle();
    for (let channel = 0; channel < 20; channel += 1) expect(until(of, `teams/${channel}/channels/${channel}/messages`, 1).let).toBe(1);
    expect(until(of, "teams/20/channels/20/messages").let).toBe(0);
  });

  it("counts what it refuses: who does not wait, waits longer", () => {
    const [patient, hasty] = [throttle(), throttle()];
    until(patient, "teams/1/members");
    until(hasty, "teams/1/members");
    for (let more = 0; more < 3; more += 1) attempt(hasty, "teams/1/members");
    clock += 500;
    expect([until(patient, "teams/1/members", 1).let, until(hasty, "teams/1/members", 1).let]).toEqual([1, 0]);
  });

  it("lets 10,000 requests reach a mailbox in ten minutes", () => {
    const of = throttle();
    const step = (): number => {
      // Below the limit of the app over all of its requests.
      let total = 0;
      for (let second = 0; second < 6; second += 1) {
        total += until(of, "users/1/messages", 1_900).let;
        clock += 1_000;
      }
      return total;
    };
    expect(step()).toBe(10_000);
    const refusal = attempt(of, "users/1/messages");
    expect(refusal).toMatchObject({ status: 429, code: "ApplicationThrottled", headers: { "retry-after": "594" } });
    expect(attempt(of, "users/2/messages")).not.toBeInstanceOf(GraphRefusal);
    clock += 594_000;
    expect(attempt(of, "users/1/messages")).not.toBeInstanceOf(GraphRefusal);
  });

  it("lets four requests run at once in a mailbox, or strictly in all", () => {
    const open = (of: Throttle, targets: readonly string[]): number => targets.filter((target) => !(attempt(of, target) instanceof GraphRefusal)).length;
    const five = (user: number): string[] => Array.from({ length: 5 }, () => `users/${user}/messages`);
    expect(open(throttle(), [...five(1), ...five(2)])).toBe(8);
    expect(open(throttle({ strict: true }), [...five(1), ...five(2)])).toBe(4);
    const of = throttle();
    const running = five(1).map((target) => attempt(of, target));
    expect(running[4]).toMatchObject({ code: "ApplicationThrottled", headers: { "retry-after": "1" } });
    if (!(running[0] instanceof GraphRefusal)) running[0]?.leave();
    expect(attempt(of, "users/1/messages")).not.toBeInstanceOf(GraphRefusal);
  });

  it("tells resource units of the directory, how near the limit is, and whose limit was passed", () => {
    const of = throttle();
    expect(of.enter(asked("groups/1/members"), "app").headers).toEqual({ "x-ms-resource-unit": "3" });
    // 1,167 requests of 3 units would be 3,501.
    const { let: passed, refusal } = until(of, "groups/1/members");
    expect(passed).toBe(1_165);
    expect(refusal).toMatchObject({ status: 429, headers: { "x-ms-resource-unit": "3", "x-ms-throttle-information": "ResourceUnitLimitExceeded", "x-ms-throttle-scope": "Tenant_Application/ReadWrite/app/tenant", "retry-after": "1" } });
    clock += 1_000;
    expect(of.enter(asked("groups/1/members"), "app").headers).toMatchObject({ "x-ms-throttle-limit-percentage": expect.stringMatching(/^0\.9/) });
  });

  it("announces SharePoint's limit from four fifths on, refuses with the same headers, and blocks who goes on", () => {
    const of = throttle();
    expect(until(of, "drives/1/root/children", 499).let).toBe(499);
    expect(of.enter(asked("drives/1/items/2"), "app").headers).toEqual({});
    expect(of.enter(asked("drives/1/items/2"), "app").headers).toEqual({ "ratelimit-limit": "1250", "ratelimit-remaining": "250", "ratelimit-reset": "60" });
    clock += 10_000;
    const { let: passed, refusal } = until(of, "drives/1/root/children");
    expect([passed, refusal?.status, refusal?.code]).toEqual([125, 429, "activityLimitReached"]);
    expect(refusal?.headers).toEqual({ "retry-after": "50", "ratelimit-limit": "1250", "ratelimit-remaining": "0", "ratelimit-reset": "50" });
    for (let more = 0; more < 625; more += 1) attempt(of, "drives/1/root/children");
    expect(attempt(of, "drives/1/root/children")).toMatchObject({ status: 503, code: "serviceNotAvailable" });
    clock += 50_000;
    expect(attempt(of, "drives/1/root/children")).not.toBeInstanceOf(GraphRefusal);
  });

  it("gives OneNote's smaller share to each person who is signed in", () => {
    const of = throttle();
    const through = (user: string): number => {
      for (let count = 0; ; count += 1) {
        try {
          of.enter({ ...asked("users/1/onenote/pages"), user }, "app").leave();
        } catch (thrown) {
          if (thrown instanceof GraphRefusal) return count;
          throw thrown;
        }
      }
    };
    expect([through("zoe"), through("luc")]).toEqual([120, 120]);
  });

  it("refuses OneNote without a word on when to come back", () => {
    const { let: passed, refusal } = until(throttle(), "users/1/onenote/pages");
    expect([passed, refusal?.status, refusal?.headers]).toEqual([240, 429, {}]);
  });

  it("lets an app have 130,000 requests in ten seconds of any kind", () => {
    expect(until(throttle(), "planner/plans/1", 200_000).let).toBe(130_000);
  });

  it("writes Retry-After as a date every fourth time, and in parts of a second where windows are scaled", () => {
    const of = throttle();
    until(of, "users/1/onenote/pages");
    const after = (): string | undefined => until(of, "teams/1/channels/2/messages").refusal?.headers["retry-after"];
    expect([after(), after(), after()].every((value) => /^\d+$/.test(value ?? ""))).toBe(true);
    expect(Date.parse(after() ?? "")).toBeGreaterThan(clock + 1_000);
    const scaled = throttle({ scale: 0.01 });
    expect(until(scaled, "users/1/messages")).toMatchObject({ let: 100, refusal: { headers: { "retry-after": "6.000" } } });
    // No window is made shorter than a second.
    expect(until(scaled, "teams/1/members").let).toBe(4);
    expect(until(scaled, "drives/1/items/2").let).toBe(20);
  });
});
