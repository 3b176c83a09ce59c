import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readLine, sent, statusOf, texts } from "../../../src/drivers/managesieve/response.js";

const line = (text: string) => readLine(Buffer.from(text));
const status = (text: string) => statusOf(line(`${text}\r\n`)?.tokens ?? []);

describe("lines of a ManageSieve server", () => {
  it("are statuses with their response code, its arguments and the text, whatever the case", () => {
    expect(status('NO (QUOTA/MAXSIZE) "Trop long"')).toEqual({ word: "NO", code: "QUOTA/MAXSIZE", args: [], text: "Trop long" });
    expect(status('bye (REFERRAL "sieve://autre.example") {4}\r\nAllo')).toEqual({ word: "BYE", code: "REFERRAL", args: ["sieve://autre.example"], text: "Allo" });
    expect(status('OK (warnings) "line 3: \\"x\\" \\\\"')).toEqual({ word: "OK", code: "WARNINGS", args: [], text: 'line 3: "x" \\' });
    expect(status("OK")).toEqual({ word: "OK", args: [], text: "" });
    expect(status('"OK"')).toBeUndefined();
  });

  it("hold strings as quoted ones and as literals of both forms, byte for byte, and atoms", () => {
    for (const form of ['"été\\""', '{6}\r\nété"', '{6+}\r\nété"']) expect(line(`${form} ACTIVE\r\n`)).toEqual({ tokens: [{ kind: "string", text: 'été"' }, { kind: "atom", text: "ACTIVE" }], used: Buffer.byteLength(form) + 9 });
  });

  it("are not read before they are whole, wherever they are cut", () => {
    const whole = Buffer.from('"nom" {5}\r\na\r\nb) "x\\"y" (c)\r\n');
    for (let end = 0; end < whole.length; end += 1) expect(readLine(whole.subarray(0, end))).toBeUndefined();
    expect(readLine(Buffer.concat([whole, Buffer.from("OK\r\n")]))?.used).toBe(whole.length);
  });

  it("hold literals that are counted in UTF-16 units, wherever they are cut", () => {
    const whole = Buffer.from('{7}\r\nété €😀 ACTIVE\r\n');
    expect(readLine(whole, "units")).toEqual({ tokens: [{ kind: "string", text: "été €😀" }, { kind: "atom", text: "ACTIVE" }], used: whole.length });
    for (let end = 0; end < whole.length; end += 1) expect(readLine(whole.subarray(0, end), "units")).toBeUndefined();
  });

  it("without bound are refused", () => {
    expect(() => line("{99999999999}\r\n")).toThrow(RangeError);
    expect(() => line("{17000000}\r\n")).toThrow(RangeError);
    expect(() => line("{abc}\r\n")).toThrow(RangeError);
    expect(() => line(`{${"1".repeat(100)}`)).toThrow(RangeError);
  });

  it("say what was sent, for any text", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.string({ minLength: 1_000, maxLength: 1_200 })), (text) => {
      const read = readLine(Buffer.from(`${sent(text)}\r\n`));
      expect(texts(read?.tokens ?? [])).toEqual([text.toWellFormed()]);
    }), { numRuns: 1_000 });
    expect([sent("court"), sent("deux\r\nlignes")]).toEqual(['"court"', "{12+}\r\ndeux\r\nlignes"]);
  });
});
