import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonicalMessage, printOf } from "../../../src/drivers/imap/canonical.js";

/** The bytes in pieces. */
async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < edges.length; index += 1) yield await Promise.resolve(bytes.subarray(edges[index - 1], edges[index]));
}

async function canonical(bytes: Uint8Array, cuts: readonly number[] = []): Promise<Awaited<ReturnType<typeof canonicalMessage>>> {
  return canonicalMessage(pieces(bytes, cuts), bytes.length);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("canonicalMessage", () => {
  it.each([["a\r\nb\r\n", "a\r\nb\r\n", false], ["a\nb\rc\r\n", "a\r\nb\r\nc\r\n", true], ["\r", "\r\n", true], ["\n\n", "\r\n\r\n", true], ["a\r\r\n", "a\r\n\r\n", true], ["", "", false]])("%j becomes %j", async (raw, expected, changed) => {
    const { bytes, lineEndingsChanged } = await canonical(Buffer.from(raw));
    expect([bytes.toString(), lineEndingsChanged]).toEqual([expected, changed]);
  });

  it("holds no bare CR or LF, changes nothing twice, and does not depend on the chunks", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(0, 10, 13, 65, 0xe9)), fc.array(fc.nat()), async (values, cuts) => {
      const bytes = Uint8Array.from(values);
      const once = await canonical(bytes, cuts);
      expect(once.bytes.toString("latin1").replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
      expect(once.lineEndingsChanged).toBe(!once.bytes.equals(bytes));
      expect((await canonical(once.bytes)).lineEndingsChanged).toBe(false);
      expect(once.hasNul).toBe(values.includes(0));
    }), { numRuns: 1_000 });
  });

  it.each([
    ["Message-ID: <a@b>\r\n\r\n", "<a@b>"], ["Subject: x\r\nmessage-id:\r\n <folded@b>\r\n\r\n", "<folded@b>"], ["Subject: x\r\n\r\nMessage-ID: <body@b>\r\n", undefined],
    ["\r\nMessage-ID: <body@b>\r\n", undefined], ["Message-ID: <two words@b>\r\n\r\n", undefined], ["X-Message-ID: <a@b>\r\n\r\n", undefined],
  ])("reads the Message-ID of %j", async (raw, expected) => {
    expect((await printOf([Buffer.from(raw)])).messageId).toBe(expected);
  });
});

describe("printOf", () => {
  it("tells size and hash of the canonical message, whatever the pieces", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(10, 13, 65, 0xe9)), fc.array(fc.nat()), async (values, cuts) => {
      const bytes = Uint8Array.from(values);
      const whole = await canonical(bytes);
      const text = whole.bytes.toString("latin1");
      const end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n");
      const header = end === -1 ? text : text.slice(0, end);
      const asCyrus = /[\x80-\xff]/.test(header) ? [sha256(Buffer.from(header.replace(/[\x80-\xff]/g, "X") + text.slice(header.length), "latin1"))] : [];
      expect(await printOf(pieces(bytes, cuts))).toMatchObject({ size: whole.bytes.length, hashes: [sha256(whole.bytes), ...asCyrus] });
    }), { numRuns: 1_000 });
  });

  it("tells each other form of a message from its beginning, wherever it first differs", async () => {
    const [head, text] = [Buffer.from("From: a\r\nSubject: \u00e9\r\n\r\n", "latin1"), Buffer.from("un\r\n\0deux\u00e9\r\n", "latin1")];
    const forms = [[head, text], [head, text.map((byte) => (byte === 0 ? 0x80 : byte))], [head.map((byte) => (byte > 0x7f ? 0x58 : byte)), text]];
    const found = await printOf(pieces(Buffer.concat([head, text]), [3, 12, head.length + 2, head.length + 7]));
    expect([found.hasNul, found.hashes]).toEqual([true, forms.map((form) => sha256(Buffer.concat(form)))]);
  });

  it("knows NUL as it is and as 0x80", async () => {
    expect((await printOf([Buffer.from([65, 0])])).hashes).toEqual([sha256(Buffer.from([65, 0])), sha256(Buffer.from([65, 0x80]))]);
  });
});
