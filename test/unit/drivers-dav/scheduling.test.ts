import { describe, expect, it } from "@jest/globals";
import { eventKind } from "../../../adapters/caldav/kind.js";
import type { DavClient } from "../../../src/drivers/dav/client.js";
import { headersSilence } from "../../../src/drivers/caldav/scheduling.js";

const told = (features: readonly string[], product = "", sabre = false): boolean => headersSilence({ features: new Set(features), product, sabre });

describe("headersSilence", () => {
  it.each([
    ["a server without scheduling", true, ["1", "calendar-access"], "", false],
    ["an unknown one with it", false, ["1", "calendar-access", "calendar-auto-schedule"], "SOGo/5", false],
    ["one that speaks of a draft", false, ["1", "calendar-access", "calendar-schedule"], "", false],
    ["one that tells nothing", false, [], "", false],
    ["sabre/dav", true, ["calendar-access", "calendar-auto-schedule"], "nginx", true],
    ["Cyrus 3", true, ["calendar-access", "calendar-auto-schedule"], "Cyrus-HTTP/3.6.1-Debian", false],
    ["Cyrus 2.5, which does not heed them", false, ["calendar-access", "calendar-auto-schedule"], "Cyrus-HTTP/2.5.10", false],
  ] as const)("%s: %s", (_, enough, features, product, sabre) => {
    expect(told(features, product, sabre)).toBe(enough);
  });
});

describe("eventKind", () => {
  it("asks again when the first calendar that it asked is gone", async () => {
    const meeting = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER:mailto:a@x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    const client = { request: (_method: string, path: string, _options: unknown, read: (answer: { status: number; header(name: string): string | undefined }) => unknown) => read({ status: path === "/there/" ? 200 : 404, header: (name) => (name === "dav" && path === "/there/" ? "1, calendar-access" : undefined) }) };
    const kind = eventKind("auto");
    await kind.prepared?.(client as unknown as DavClient, "/gone", new AbortController().signal);
    expect(kind.render(meeting).losses).toHaveLength(1);
    await kind.prepared?.(client as unknown as DavClient, "/there", new AbortController().signal);
    expect(kind.render(meeting)).toEqual({ text: meeting, losses: [] });
  });

  it.each([["once where it tells", 200, "1, calendar-access", 1], ["once where it refuses to tell", 405, undefined, 1], ["again where the calendar was gone", 404, undefined, 3]] as const)("asks over three events %s", async (_, status, dav, times) => {
    let asked = 0;
    const client = {
      request: (_method: string, _path: string, _options: unknown, read: (answer: { status: number; header(name: string): string | undefined }) => unknown) => {
        asked += 1;
        return read({ status, header: (name) => (name === "dav" ? dav : undefined) });
      },
    };
    const kind = eventKind("auto");
    for (let event = 0; event < 3; event += 1) await kind.prepared?.(client as unknown as DavClient, "/c", new AbortController().signal);
    expect(asked).toBe(times);
  });
});
