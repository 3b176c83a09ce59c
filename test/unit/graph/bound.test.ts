import { describe, expect, it } from "@jest/globals";
import { boundOf, type BoundOptions, type Demand } from "../../../src/graph/pace/bound.js";

const OPTIONS: BoundOptions = { licences: 1, delegated: false, apps: 1, spreadFiles: false, versions: true };
const mailbox = (owner: string, items: number): Demand => ({ workload: "mail", owner, containers: 8, items });
const seconds = (demands: readonly Demand[], more: Partial<BoundOptions> = {}): number => boundOf(demands, { ...OPTIONS, ...more }).milliseconds / 1_000;

describe("the least time of a run", () => {
  it("is, for mail, the longest mailbox's whole windows: mailboxes have limits of their own", () => {
    // 50,000 messages and 100 pages: five whole windows of 10,000.
    expect(seconds([mailbox("a", 50_000), mailbox("b", 3_000)])).toBe(5 * 600);
    expect(seconds([mailbox("a", 9_900)])).toBe(0);
    expect(seconds([mailbox("a", 50_000)], { apps: 3 })).toBe(600);
  });

  it("is bound by four requests at once where the round trip is known and slow", () => {
    expect(seconds([mailbox("a", 50_000)], { roundTripMs: 1_000 })).toBe(50_100 / 4);
    expect(seconds([mailbox("a", 50_000)], { roundTripMs: 10 })).toBe(3_000);
  });

  it("adds the drives up, since SharePoint counts by application, and gives further applications nothing unless drives are spread", () => {
    const drives: Demand[] = ["a", "b"].map((owner) => ({ workload: "files", owner, containers: 3, items: 10_000 }));
    // 20,000 files of 3 units and 100 pages: 60,100 units, 48 whole minutes of 1,250.
    expect(seconds(drives)).toBe(48 * 60);
    expect(seconds(drives, { apps: 3 })).toBe(48 * 60);
    expect(seconds(drives, { versions: false })).toBe(16 * 60);
    // Spread over three, the tenant's 18,750 in five minutes are what is left to bind.
    expect(seconds(drives, { apps: 3, spreadFiles: true })).toBe(16 * 60);
    expect(seconds(drives, { licences: 60_000 })).toBe(9 * 60);
  });

  it("counts the columns of each document in a library, and the sections of each page of a site", () => {
    const library: Demand = { workload: "files", owner: "site", containers: 3, items: 10_000, libraries: true };
    // 10,000 files of 2 units and 50 pages of changes, without versions: 20,050 units, 16 whole minutes of 1,250.
    expect(boundOf([library], { ...OPTIONS, versions: false }).lines).toMatchObject([{ milliseconds: 16 * 60_000, requests: 20_050 }]);
    expect(seconds([{ ...library, libraries: false }], { versions: false })).toBe(8 * 60);
    // 3,000 pages of one unit and 30 lists of two.
    expect(boundOf([{ workload: "pages", owner: "site", containers: 1, items: 3_000 }], OPTIONS).lines).toMatchObject([{ milliseconds: 2 * 60_000, requests: 3_030 }]);
  });

  it("counts a channel's pages one after another, and all channels against the application", () => {
    const team = (owner: string, items: number): Demand => ({ workload: "channels", owner, containers: 1, items });
    // 100 pages, its mark, the changes since and the card of one channel, one request a second.
    expect(seconds([team("a", 5_000)])).toBe(102);
    expect(seconds([team("a", 5_000)], { apps: 3 })).toBe(102);
    const many = Array.from({ length: 400 }, (_, index) => team(`t${index}`, 50));
    expect([seconds(many), seconds(many, { apps: 3 })]).toEqual([39, 13]);
  });

  it("shows its arithmetic and the document of the limit that binds", () => {
    expect(boundOf([mailbox("a", 50_000)], { ...OPTIONS, apps: 3 }).lines).toEqual([
      { workload: "mail", milliseconds: 600_000, requests: 50_100, arithmetic: expect.stringMatching(/^⌊\(50100 − 1\) \/ \(10000 × 3\)⌋ × 600 s = 600 s \[graph:mailbox:a: .*throttling-limits/) },
    ]);
  });

  it("follows a sandbox that shortens the windows", () => {
    expect(seconds([mailbox("a", 1_000)], { scale: 0.01 })).toBe(60);
  });
});
