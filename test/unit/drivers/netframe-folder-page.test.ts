import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { NetframeClient } from "../../../src/drivers/netframe/client.js";
import { looksEmpty, shows, workflowsIn } from "../../../src/drivers/netframe/folder-page.js";

const SIGNAL = new AbortController().signal;
const FOLDER = { profile: { type: "house", id: 12 }, id: 5 } as const;
const HOSTILE = "&lt;/section&gt;&lt;li class=&quot;container&quot; id=&quot;file-9&quot;".repeat(3);
const entry = (kind: "file" | "folder", id: number): string => `<li class="container  draggable "\n    id="${kind}-${id}"\n    data-name="${HOSTILE}"\n    data-id="${id}"\n    data-confirm-message="?"\n    data-workflows="${id % 7}"\n    ><h4>${HOSTILE}</h4></li>\n`;
const page = (...entries: string[]): string => `<!DOCTYPE html><head></head><ul><li class="container" id="file-1"></li></ul>${" ".repeat(20_000)}<div data-folder-id="5"><ul>${entries.join("")}</ul></div></section><li class="container" id="file-2"></li>`;

/** Answers a page in pieces of a size, and tells how many were taken. */
function reading(text: string, size: number): { readonly client: Pick<NetframeClient, "read" | "error">; taken(): number } {
  const bytes = Buffer.from(text);
  let taken = 0;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.byteLength; start += size) {
      taken += 1;
      yield await Promise.resolve(bytes.subarray(start, start + size));
    }
  }
  return {
    client: {
      read: (_path, _action, _signal, read) => read({ status: 200, body: body(), header: () => undefined, lines: () => [], text: () => Promise.resolve("") }),
      error: (code, reason) => new ExodusError(code, { params: { target: "t", account: "a", reason } }),
    },
    taken: () => taken,
  };
}

describe("the page of a folder of Netframe", () => {
  it.each([[1], [7], [4_096], [1_000_000]])("is read for its own list alone, in pieces of %d bytes", async (size) => {
    const full = page(entry("folder", 17), entry("file", 3));
    const ask = <T>(text: string, work: (client: Pick<NetframeClient, "read" | "error">) => Promise<T>): Promise<T> => work(reading(text, size).client);
    expect(await ask(page(), (client) => looksEmpty(client, FOLDER, SIGNAL))).toBe(true);
    expect(await ask(full, (client) => looksEmpty(client, FOLDER, SIGNAL))).toBe(false);
    expect(await ask(full, (client) => workflowsIn(client, FOLDER, 17, SIGNAL))).toBe(3);
    expect(await ask(full, (client) => workflowsIn(client, FOLDER, 1, SIGNAL))).toBeUndefined();
    expect(await Promise.all([3, 1, 2, 9].map((media) => ask(full, (client) => shows(client, FOLDER, media, SIGNAL))))).toEqual([true, false, false, false]);
  });

  it("is read no further than its first entry, however long it is", async () => {
    const { client, taken } = reading(page(...Array.from({ length: 20_000 }, (_, at) => entry("file", at + 10))), 4_096);
    expect([await looksEmpty(client, FOLDER, SIGNAL), taken() < 10]).toEqual([false, true]);
  });

  it.each([["another folder's", page().replace('"5"', '"6"')], ["one that breaks off", page().replace(/<\/section>.*/s, "")], ["something in front", "<title>Maintenance</title>"]])("that is %s says nothing", async (_title, text) => {
    await expect(looksEmpty(reading(text, 100).client, FOLDER, SIGNAL)).rejects.toMatchObject({ code: "TARGET_PASSING" });
  });
});
