import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { comeBack } from "../../../src/lib/come-back.js";

const signal = new AbortController().signal;
const down = (): ExodusError => new ExodusError("TARGET_UNREACHABLE", { params: { target: "t", reason: "r" } });

async function waited(open: (attempt: number) => string): Promise<{ answer: unknown; waits: number[] }> {
  const waits: number[] = [];
  let attempt = 0;
  const answer = await comeBack(async () => Promise.resolve(open(attempt++)), signal, (ms) => Promise.resolve(void waits.push(ms))).catch((thrown: unknown) => thrown);
  return { answer, waits };
}

describe("a server that does not answer any more", () => {
  it("is waited for until it does", async () => {
    expect(await waited((attempt) => { if (attempt < 3) throw down(); return "back"; })).toEqual({ answer: "back", waits: [500, 1_000, 2_000] });
  });

  it("is unreachable after about a minute", async () => {
    const { answer, waits } = await waited(() => { throw down(); });
    expect([(answer as ExodusError).code, waits.reduce((sum, ms) => sum + ms, 0)]).toEqual(["TARGET_UNREACHABLE", 60_500]);
  });

  it("is not waited for when it answers and refuses", async () => {
    const refused = new ExodusError("TARGET_CREDENTIAL", { params: { target: "t", account: "a" } });
    expect(await waited(() => { throw refused; })).toEqual({ answer: refused, waits: [] });
  });
});
