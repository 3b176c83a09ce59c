import { describe, expect, it } from "@jest/globals";
import { followPages, pageOf, type RawPage } from "../../../src/graph/client/pages.js";

const signal = new AbortController().signal;

/** Follows links from "0" through a table of next links, or a list of answers to each link in turn. */
async function follow(next: (link: string, count: number) => string | undefined, most = 1_000): Promise<{ links: string[]; ids: unknown[]; code?: string }> {
  const links: string[] = [];
  const ids: unknown[] = [];
  const fetchPage = (link: string): Promise<RawPage> => {
    links.push(link);
    if (links.length > most) throw new Error("endless");
    const nextLink = next(link, links.filter((one) => one === link).length);
    return Promise.resolve({ value: [{ id: link }], ...(nextLink === undefined ? {} : { "@odata.nextLink": nextLink }) });
  };
  try {
    for await (const page of followPages<{ id: string }>("0", { signal }, "list", fetchPage)) ids.push(...page.value.map(({ id }) => id));
    return { links, ids };
  } catch (thrown) {
    return { links, ids, code: (thrown as { code: string }).code };
  }
}

const upTo = (last: number) => (link: string): string | undefined => (Number(link) < last ? String(Number(link) + 1) : undefined);

describe("pages", () => {
  it("are followed to the last", async () => {
    const { ids, code } = await follow(upTo(50));
    expect([ids, code]).toEqual([Array.from({ length: 51 }, (_, index) => String(index)), undefined]);
  });

  it.each([1, 2, 3, 5, 17, 64])("whose links go round in a circle of %i are left, with every row of the circle told", async (length) => {
    const { ids, code } = await follow((link) => (Number(link) === 6 + length ? "7" : String(Number(link) + 1)));
    expect(code).toBe("GRAPH_LOOP");
    expect(new Set(ids)).toEqual(new Set(Array.from({ length: 7 + length }, (_, index) => String(index))));
  });

  it("are asked for again when a link was its own in passing, and tell their rows once", async () => {
    const { ids, links, code } = await follow((link, count) => (link === "3" && count === 1 ? "3" : upTo(6)(link)));
    expect([ids, code]).toEqual([["0", "1", "2", "3", "4", "5", "6"], undefined]);
    expect(links).toEqual(["0", "1", "2", "3", "3", "4", "5", "6"]);
  });

  it("ask with the query the first time alone", async () => {
    const asked: unknown[] = [];
    const fetchPage = (link: string, { query }: { query?: unknown }): Promise<RawPage> => {
      asked.push(query);
      return Promise.resolve({ value: [], ...(link === "0" ? { "@odata.nextLink": "1" } : {}) });
    };
    for await (const page of followPages("0", { signal, query: { $top: 2 } }, "list", fetchPage)) expect(page.value).toEqual([]);
    expect(asked).toEqual([{ $top: 2 }, undefined]);
  });

  it.each([[null], [{}], [{ error: { code: "x" } }], [{ value: {} }]])("are no pages: %j", (body) => {
    expect(() => pageOf(body as { value?: unknown } | null, "list", (link) => link)).toThrow(/JSON without a list/);
  });

  it.each(["a\ud83d", "\udc00", "a\u0000b"])("with the identifier %j, which would be another's in the index, are refused by name", (id) => {
    expect(() => pageOf({ value: [{ id: "a" }, null, { id }] }, "list", (link) => link)).toThrow(expect.objectContaining({ code: "GRAPH_SHAPE" }));
    expect(pageOf({ value: [{ id: "\u{1f3d8}" }] }, "list", (link) => link).value).toHaveLength(1);
  });
});
