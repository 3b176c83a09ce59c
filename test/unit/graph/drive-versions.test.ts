import { describe, expect, it } from "@jest/globals";
import type { GraphClient } from "../../../src/graph/client/client.js";
import { readFile } from "../../../src/graph/drive/drive-file.js";
import type { DriveItemVersion } from "../../../src/graph/drive/drive-item.js";
import { NO_LIBRARY } from "../../../src/graph/drive/library.js";
import { FakeContext, fakeClient, OWNER, page } from "../graph-calendar/fake-client.js";

const AT = "2026-01-0";
const version = (id: string, day = id[0] ?? "", more: Partial<DriveItemVersion> = {}): DriveItemVersion => ({ id, size: 4, lastModifiedDateTime: `${AT}${day}T00:00:00Z`, ...more });

/** Reads a file whose `/versions` are these, one reading after another; answers which versions each downloaded. */
async function readings(lists: readonly (readonly DriveItemVersion[])[], between: (context: FakeContext) => void = () => undefined): Promise<string[][]> {
  const context = new FakeContext();
  const asked: string[][] = [];
  for (const [index, versions] of lists.entries()) {
    const now: string[] = [];
    const base = fakeClient({ "/drives/d/items/f/versions": () => [page(...versions)] });
    const client: GraphClient = {
      ...base,
      location: (path) => Promise.resolve(path),
      async *download(url) {
        const id = /versions\/([^/]+)\//.exec(url)?.[1];
        if (id !== undefined) now.push(id);
        yield await Promise.resolve(Buffer.from(`v${(id ?? "x").padEnd(3)}`));
      },
    };
    const item = { id: "f", name: "f.txt", size: 4, eTag: `"${index}"`, cTag: `"c${index}"`, file: {} };
    context.keep([await readFile({ client, driveId: "d", request: { signal: context.signal }, context, versions: 2, library: NO_LIBRARY }, OWNER, item, "root")]);
    between(context);
    asked.push(now);
  }
  return asked;
}

describe("older versions that the vault holds", () => {
  it("are not downloaded again; a new one is", async () => {
    expect(await readings([[version("3.0"), version("2.0"), version("1.0")], [version("4.0"), version("3.0"), version("2.0")], [version("4.0"), version("3.0"), version("2.0")]])).toEqual([["1.0", "2.0"], ["3.0"], []]);
  });

  it("are told by id and moment: another moment, or none, is another content", async () => {
    expect(await readings([[version("2.0"), version("1.0")], [version("2.0"), version("1.0", "9")]])).toEqual([["1.0"], ["1.0"]]);
    const undated = { ...version("1.0"), lastModifiedDateTime: null };
    expect(await readings([[version("2.0"), undated], [version("2.0"), undated]])).toEqual([["1.0"], ["1.0"]]);
  });

  it("are downloaded again when the vault cannot give the record", async () => {
    expect(await readings([[version("2.0"), version("1.0")], [version("2.0"), version("1.0")]], (context) => context.whole.clear())).toEqual([["1.0"], ["1.0"]]);
  });
});
