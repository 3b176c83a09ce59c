import { describe, expect, it } from "@jest/globals";
import { MailChanges } from "../../../adapters/jmap/changes.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { MailAccess } from "../../../src/drivers/jmap/emails.js";
import type { Labels } from "../../../src/drivers/jmap/labels.js";

const { signal } = new AbortController();
type Answer = Record<string, unknown>;

/** `pages`: answers to Email/changes by the state asked for. */
function account(pages: Record<string, Answer | ExodusError>, labels?: readonly (readonly [string, string])[]): { readonly changes: MailChanges; readonly asked: string[] } {
  const asked: string[] = [];
  const client = {
    access: { base: new URL("https://mail.example/jmap") },
    call: (method: string, { sinceState }: { sinceState?: string }) => {
      asked.push(`${method}${sinceState === undefined ? "" : ` ${sinceState}`}`);
      if (method === "Email/get") return Promise.resolve({ state: "now" });
      const page = pages[sinceState ?? ""] ?? new ExodusError("TARGET_REFUSED_ITEM", { params: { target: "t", reason: "cannotCalculateChanges" } });
      return page instanceof ExodusError ? Promise.reject(page) : Promise.resolve({ created: [], updated: [], destroyed: [], hasMoreChanges: false, ...page });
    },
  };
  const mail = { client, account: "u1" } as unknown as MailAccess;
  return { asked, changes: new MailChanges(mail, labels === undefined ? undefined : ({ keywords: () => Promise.resolve(labels) } as unknown as Labels)) };
}

const since = (state: string): string => `jmap https://mail.example u1 - ${state}`;
/** Which of the ids are told; the state. */
async function told({ changes }: { changes: MailChanges }, state: string, ids = "abcd"): Promise<readonly unknown[]> {
  const answer = await changes.since(since(state), signal);
  return [answer?.changed === "all" ? "all" : [...ids].filter((id) => answer?.changed !== "all" && answer?.changed.has(id) === true).join(""), answer?.state];
}

describe("changes of an account by JMAP", () => {
  it("goes through all pages and keeps the last one's state", async () => {
    const server = account({ s1: { created: ["a"], hasMoreChanges: true, newState: "s2" }, s2: { updated: ["b"], hasMoreChanges: true, newState: "s3" }, s3: { destroyed: ["d"], newState: "s4" } });
    expect(await told(server, "s1")).toEqual(["abd", since("s4")]);
    expect(server.asked).toEqual(["Email/changes s1", "Email/changes s2", "Email/changes s3"]);
  });

  it("asks once for all mailboxes, and again after a failure", async () => {
    const broken = new ExodusError("TARGET_PASSING", { params: { target: "t", account: "u", reason: "" } });
    const pages: Record<string, Answer | ExodusError> = { s1: broken };
    const server = account(pages);
    await expect(told(server, "s1")).rejects.toBe(broken);
    pages["s1"] = { newState: "s2" };
    expect([await told(server, "s1"), await told(server, "s1"), server.asked.length]).toEqual([["", since("s2")], ["", since("s2")], 2]);
  });

  it.each<[string, string, Record<string, Answer>]>([
    ["a state that it does not know", "s9", {}],
    ["pages that lead nowhere", "s1", { s1: { created: ["a"], hasMoreChanges: true, newState: "s1" } }],
    ["a page that is not whole", "s1", { s1: { destroyed: undefined, newState: "s2" } }],
    ["a page without a state", "s1", { s1: { newState: undefined } }],
    ["numbers that fell", "50", { 50: { newState: "49" } }],
    ["more than is kept", "s1", { s1: { created: Array.from({ length: 10_001 }, (_, at) => `m${at}`), hasMoreChanges: true, newState: "s2" }, s2: { newState: "s3" } }],
  ])("tells all after %s", async (_title, state, pages) => {
    expect(await told(account(pages), state)).toEqual(["all", since("now")]);
  });

  it("tells all where a label is called otherwise than it was, and nothing where not", async () => {
    const before = (await account({}, [["Urgent", "k1"]]).changes.since(undefined, signal))?.state ?? "";
    const again = await account({ now: { newState: "now" } }, [["Urgent", "k1"]]).changes.since(before, signal);
    const renamed = await account({ now: { newState: "now" } }, [["Pressé", "k1"]]).changes.since(before, signal);
    expect([again?.changed, again?.state, renamed?.changed]).toEqual([new Set(), before, "all"]);
  });
});
