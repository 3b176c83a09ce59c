import { describe, expect, it } from "@jest/globals";
import { asExodusError, ExodusError } from "../../../src/core/errors.js";
import type { ErrorCode } from "../../../src/core/errors/catalog.js";
import { people } from "../../../src/graph/people.js";
import { fakeClient, page } from "../graph-calendar/fake-client.js";

async function listed(code: ErrorCode): Promise<{ readonly mailboxes: unknown[]; readonly told: string[] }> {
  const client = fakeClient({
    "/users": () => [page(...["a", "b", "c"].map((id) => ({ id, userPrincipalName: `${id}@x.example`, accountEnabled: true })))],
    "/users/a/mailboxSettings": () => ({ userPurpose: "shared" }), "/users/b/mailboxSettings": () => { throw new ExodusError(code); }, "/users/c/mailboxSettings": () => ({ userPurpose: "room" }),
  });
  const [mailboxes, told]: [unknown[], string[]] = [[], []];
  for await (const { name, mailbox } of people(client, new Set(), new AbortController().signal, (thrown) => void told.push(asExodusError(thrown).code))) mailboxes.push([name, mailbox]);
  return { mailboxes, told };
}

describe("everybody in the directory", () => {
  it.each<ErrorCode>(["GRAPH_OUT_OF_SCOPE", "GRAPH_PASSING", "GRAPH_LOCKED"])("is listed though one mailbox answers %s, which is told", async (code) => {
    expect(await listed(code)).toEqual({ mailboxes: [["a@x.example", "shared"], ["b@x.example", "unknown"], ["c@x.example", "room"]], told: [code] });
  });

  it("is not listed further when the source is gone", async () => {
    await expect(listed("GRAPH_TOKEN")).rejects.toMatchObject({ code: "GRAPH_TOKEN" });
  });
});
