import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eml, Served, TENANT, type Json } from "./served.js";

const HEADERS = "singleValueExtendedProperties($filter=id eq 'String 0x1035' or id eq 'String 0x1042')";

describe("groups in the sandbox", () => {
  let served: Served;
  let group = "";
  beforeEach(async () => {
    served = await Served.start({
      ...TENANT,
      "groups/bureau/group.json": JSON.stringify({ displayName: "Bureau", mail: "bureau@test.example" }),
      "groups/bureau/mail/Conversations/1.eml": eml(1), "groups/bureau/mail/Conversations/2.eml": eml(2, ["In-Reply-To: <1@test.example>", "References: <1@test.example>", "Cc: ana@ailleurs.example"]),
      ...Object.fromEntries(Array.from({ length: 104 }, (_, index) => [`groups/bureau/mail/long/${index}.eml`, eml(index + 10, ["References: <long@test.example>"])])),
    });
    group = `/groups/${String((await served.all("/groups")).rows[0]?.["id"])}`;
  });
  afterEach(() => served.stop());

  it("puts messages into threads by their references, recipients only for those who select them", async () => {
    const { rows } = await served.all(`${group}/threads?$top=1`);
    expect(rows.map(({ topic, toRecipients }) => [typeof topic, toRecipients])).toEqual([["string", undefined], ["string", undefined]]);
    const short = rows.find(({ topic }) => topic === "Réunion 1");
    const selected = await served.get(`${group}/threads/${String(short?.["id"])}?$select=topic,ccRecipients`);
    expect({ cc: selected.json["ccRecipients"], preview: selected.json["preview"] }).toEqual({ cc: [{ emailAddress: { name: "", address: "ana@ailleurs.example" } }], preview: undefined });
    expect((await served.all(`${group}/conversations`)).rows).toHaveLength(2);
  });

  it("gives headers and answered posts to those who ask, one relationship a request, and a hundred posts", async () => {
    const threads = (await served.all(`${group}/threads`)).rows;
    const posts = (topic: string): string => `${group}/threads/${String(threads.find((thread) => thread["topic"] === topic)?.["id"])}/posts`;
    const { rows } = await served.all(`${posts("Réunion 1")}?$expand=${encodeURIComponent(HEADERS)}`);
    expect(rows.map(({ singleValueExtendedProperties }) => (singleValueExtendedProperties as Json[]).map(({ value }) => value))).toEqual([["<1@test.example>"], ["<2@test.example>", "<1@test.example>"]]);
    const answers = (await served.all(`${posts("Réunion 1")}?$expand=inReplyTo`)).rows.map(({ inReplyTo }) => (inReplyTo as Json | null)?.["id"]);
    expect(answers).toEqual([undefined, rows[0]?.["id"]]);
    const counts = await Promise.all(threads.map(async ({ id }) => (await served.all(`${group}/threads/${String(id)}/posts?$top=999`)).rows.length));
    expect(counts.sort((a, b) => a - b)).toEqual([2, 100]);
    expect((await served.get(`${posts("Réunion 1")}?$expand=attachments,inReplyTo`)).status).toBe(400);
  });

  it("refuses their calendar to applications, whatever they are granted", async () => {
    for (const path of ["calendar", "events", "calendar/events", "calendarView?startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-02-01T00:00:00Z"]) {
      const { status, json } = await served.get(`${group}/${path}`);
      expect({ path, status, code: (json["error"] as Json)["code"] }).toEqual({ path, status: 403, code: "ErrorAccessDenied" });
    }
  });
});
