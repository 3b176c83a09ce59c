import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { DownloadOptions, GraphClient } from "../../../src/graph/client/client.js";
import { contentBytes } from "../../../src/graph/drive/drive-content.js";

const CONTENT = Buffer.from("0123456789");
const signal = new AbortController().signal;

interface Told {
  readonly address: string;
  readonly from: number | undefined;
  readonly size: number | undefined;
}

/** A client whose downloads do, one after the other, as told: throw at once, or after some bytes. */
function fake(steps: readonly (ExodusError | { readonly after: number; readonly error: ExodusError })[]): { client: GraphClient; told: Told[]; asked: () => number } {
  const told: Told[] = [];
  let asked = 0;
  async function* download(address: string, { from = 0, size }: DownloadOptions): AsyncIterable<Uint8Array> {
    const step = steps[told.push({ address, from, size }) - 1];
    if (step instanceof ExodusError) throw step;
    if (step === undefined) return yield CONTENT.subarray(from);
    yield CONTENT.subarray(from, from + step.after);
    throw step.error;
  }
  const location = (): Promise<string> => Promise.resolve(`fresh ${(asked += 1)}`);
  return { client: { download, location } as unknown as GraphClient, told, asked: () => asked };
}

const failure = (code: "GRAPH_CONNECTION" | "GRAPH_FOREIGN" | "GRAPH_CONSENT" | "GRAPH_INFECTED" | "GRAPH_THROTTLED"): ExodusError => new ExodusError(code, { params: { reason: "r", path: "p" }, retryAfterMs: 1 });

async function read(steps: Parameters<typeof fake>[0], size: number | undefined = CONTENT.length): Promise<ReturnType<typeof fake> & { text: string; code?: string }> {
  const made = fake(steps);
  let text = "";
  try {
    for await (const chunk of contentBytes(made.client, { path: "/drives/d/items/i", size, address: "first" }, { signal })) text += Buffer.from(chunk).toString();
    return { ...made, text };
  } catch (thrown) {
    return { ...made, text, code: (thrown as ExodusError).code };
  }
}

describe("a file's content", () => {
  it("is resumed at the byte where it broke off, by a fresh address", async () => {
    const { text, told } = await read([{ after: 4, error: failure("GRAPH_CONNECTION") }, failure("GRAPH_CONSENT"), { after: 3, error: failure("GRAPH_CONNECTION") }]);
    expect(text).toBe("0123456789");
    expect(told.map(({ address, from }) => [address, from])).toEqual([["first", 0], ["fresh 1", 4], ["fresh 2", 4], ["fresh 3", 7]]);
  });

  it("may be throttled as often as it likes, and break off as often as it gets on", async () => {
    expect((await read(Array.from({ length: 30 }, () => failure("GRAPH_THROTTLED")))).text).toBe("0123456789");
    expect((await read(Array.from({ length: 9 }, () => ({ after: 1, error: failure("GRAPH_CONNECTION") })))).text).toBe("0123456789");
    expect((await read(Array.from({ length: 30 }, () => failure("GRAPH_CONNECTION")))).code).toBe("GRAPH_CONNECTION");
  });

  it("is not another length twice, then it is: SharePoint rewrites some files", async () => {
    const { text, told } = await read([failure("GRAPH_FOREIGN"), failure("GRAPH_FOREIGN")], 99);
    expect([text, told.map(({ size }) => size)]).toEqual(["0123456789", [99, 99, undefined]]);
  });

  it("that is infected is not asked for again", async () => {
    const { code, asked } = await read([failure("GRAPH_INFECTED")]);
    expect([code, asked()]).toEqual(["GRAPH_INFECTED", 0]);
  });
});
