import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { RequestOptions } from "../../../src/graph/client/client.js";
import { folderRows } from "../../../src/graph/reading/folder-listing.js";
import { createMailWorkload } from "../../../src/graph/workloads/mail.js";
import { FakeContext, fakeClient, feedsOf, page, round } from "../graph-calendar/fake-client.js";

const signal = new AbortController().signal;
const failed = (code: "GRAPH_PASSING" | "GRAPH_MAILBOX_FULL" | "GRAPH_CONSENT" = "GRAPH_PASSING"): ExodusError => new ExodusError(code, { params: { status: 500, graphCode: "-", requestId: "-", path: "messages", permission: "-", reason: "" } });
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);

interface Folder {
  /** Present rows; may be changed by `onPage`. */
  readonly ids: string[];
  /** Rows that fail every list which tells them whole, or at all. */
  readonly corrupt?: readonly string[];
  readonly unlistable?: readonly string[];
  readonly onPage?: (pages: number) => void;
}

/** Lists a folder by `$skip` and `$top`, as Outlook does. */
function listOf(folder: Folder): { readonly asked: { readonly skip: number; readonly top: number; readonly names: boolean }[]; readonly answer: (options: RequestOptions) => unknown } {
  const asked: { skip: number; top: number; names: boolean }[] = [];
  return {
    asked,
    answer: ({ query = {} }) => {
      const [skip, top, namesOnly] = [Number(query["$skip"]), Number(query["$top"]), query["$select"] === "id,changeKey"];
      asked.push({ skip, top, names: namesOnly });
      const rows = folder.ids.slice(skip, skip + top);
      const broken = rows.some((id) => folder.unlistable?.includes(id) === true || (!namesOnly && folder.corrupt?.includes(id) === true));
      if (broken) throw failed();
      folder.onPage?.(asked.length);
      return [{ value: rows.map((id) => ({ id, changeKey: "1" })), ...(skip + top < folder.ids.length ? { nextLink: "more" } : {}) }];
    },
  };
}

async function listed(folder: Folder, most = 10, whole = true): Promise<{ ids: string[]; wholes: string[]; error: unknown; asked: number }> {
  const list = listOf(folder);
  const [ids, wholes]: [string[], string[]] = [[], []];
  try {
    for await (const { rows, whole: told } of folderRows<{ id: string }>(fakeClient({ list: list.answer }), "list", { signal }, { query: {}, most, whole })) {
      ids.push(...rows.map(({ id }) => id));
      if (told) wholes.push(...rows.map(({ id }) => id));
    }
    return { ids, wholes, error: undefined, asked: list.asked.length };
  } catch (error) {
    return { ids, wholes, error, asked: list.asked.length };
  }
}

describe("a folder that is listed without delta", () => {
  it.each([0, 1, 9, 10, 11, 12, 95])("tells each of %i rows once", async (count) => {
    const { ids, error } = await listed({ ids: names(count) });
    expect({ ids, error }).toEqual({ ids: names(count), error: undefined });
  });

  it("drops no row when others go away before it, meanwhile", async () => {
    const ids = names(60);
    const told = await listed({ ids, onPage: (pages) => { if (pages === 2 || pages === 4) ids.splice(0, 7); } });
    expect(told.error).toBeUndefined();
    expect([...new Set(told.ids)].sort()).toEqual(names(60).sort());
  });

  it("ends although all that was told is gone", async () => {
    const ids = names(30);
    expect((await listed({ ids, onPage: (pages) => { if (pages === 1) ids.splice(0, 30, "x"); } })).ids).toContain("x");
  });

  it("names the rows of a page that cannot be told whole, and only those", async () => {
    const { ids, wholes, error } = await listed({ ids: names(60), corrupt: ["m25"] });
    expect({ ids, error }).toEqual({ ids: names(60), error: undefined });
    expect(wholes).not.toContain("m25");
    expect(wholes).toHaveLength(50);
  });

  it.each([["the first", ["m0"]], ["one in the middle", ["m33"]], ["the last", ["m59"]], ["neighbours", ["m20", "m21"]], ["several", ["m3", "m30", "m31", "m58"]]])("steps over rows that cannot even be named: %s", async (_title, unlistable) => {
    const { ids, error } = await listed({ ids: names(60), unlistable });
    expect(ids).toEqual(names(60).filter((id) => !unlistable.includes(id)));
    expect(error).toMatchObject({ code: "GRAPH_UNLISTED", params: { count: unlistable.length } });
  });

  it("gives a folder up that fails altogether, in a few requests", async () => {
    const { error, asked } = await listed({ ids: names(60), unlistable: names(60) });
    expect(error).toMatchObject({ code: "GRAPH_PASSING" });
    expect(asked).toBeLessThan(30);
  });
});

describe("mail whose delta cannot be used", () => {
  const base = "/users/u1";
  const list = `${base}/mailFolders/inbox/messages`;
  const row = (id: string) => ({ id, changeKey: "1", subject: id, receivedDateTime: "2026-01-01T00:00:00Z", isRead: false, parentFolderId: "inbox" });
  const folder = { [`${base}/mailFolders`]: () => [page({ id: "inbox", displayName: "Inbox", totalItemCount: 3 })] };
  const one = (id: string) => ({ [`${base}/messages/${id}`]: () => row(id), [`${base}/messages/${id}/$value`]: () => Buffer.from(`Subject: ${id}\r\n\r\n`) });
  const sizes: string[] = [];
  const failing = (code: "GRAPH_PASSING" | "GRAPH_MAILBOX_FULL" | "GRAPH_CONSENT") => ({ [`${list}/delta`]: ({ headers }: RequestOptions) => {
    sizes.push(/maxpagesize=(\d+)/.exec(headers?.["Prefer"] ?? "")?.[1] ?? "");
    throw failed(code);
  } });

  async function read(routes: Parameters<typeof fakeClient>[0]) {
    sizes.length = 0;
    const mail = createMailWorkload(fakeClient({ ...folder, ...routes }));
    const [feed] = await feedsOf(mail);
    if (feed === undefined) throw new Error("no feed");
    return { mail, ...(await round(mail, feed, new FakeContext())) };
  }

  it("is read through smaller pages first, then through a list, and the corrupt message alone is unreadable", async () => {
    const corrupt = { [`${base}/messages/b`]: () => { throw failed(); } };
    const { changes, batches } = await read({ ...failing("GRAPH_PASSING"), [list]: listOf({ ids: ["a", "b", "c"], corrupt: ["b"] }).answer, ...one("a"), ...one("c"), ...corrupt });
    expect(sizes).toEqual(["500", "10"]);
    expect(changes[0]).toEqual({ kind: "reset" });
    expect(changes.flatMap((change) => (change.kind === "item" ? [change.title] : []))).toEqual(["a", "c"]);
    expect(changes).toContainEqual(expect.objectContaining({ kind: "unreadable", id: "b", container: "inbox", code: "GRAPH_PASSING" }));
    expect(batches.at(-1)).toEqual({ changes: [], done: true });
  });

  it("ends unfinished where a message cannot even be named, so that nothing is believed gone", async () => {
    await expect(read({ ...failing("GRAPH_PASSING"), [list]: listOf({ ids: ["a", "b"], unlistable: ["b"] }).answer, ...one("a") })).rejects.toMatchObject({ code: "GRAPH_UNLISTED" });
  });

  it("keeps its cursor while the list fails as well", async () => {
    const mail = createMailWorkload(fakeClient({ ...folder, ...failing("GRAPH_PASSING"), [list]: () => { throw failed(); } }));
    const [feed] = await feedsOf(mail);
    const told: string[] = [];
    const reading = async (): Promise<void> => {
      if (feed !== undefined) for await (const { changes } of mail.changes({ id: "u1", name: "u", kind: "user", displayName: "" }, feed, undefined, new FakeContext())) told.push(...changes.map(({ kind }) => kind));
    };
    await expect(reading()).rejects.toMatchObject({ code: "GRAPH_PASSING" });
    expect(told).toEqual([]);
  });

  it("does not take a refused mailbox for one", async () => {
    await expect(read(failing("GRAPH_CONSENT"))).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
  });
});
