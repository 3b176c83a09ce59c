import { describe, expect, it } from "@jest/globals";
import { ListedRooms } from "../../../adapters/matrix/listed-rooms.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { MatrixClient, MatrixRequest } from "../../../src/drivers/matrix/client.js";

const { signal } = new AbortController();
const DENIED = new ExodusError("TARGET_DENIED", { params: { target: "salons", reason: "M_FORBIDDEN" } });

describe("the rooms that are left to settle", () => {
  /** Account data of one user; `written`: the numbers of the lists, as they were written. */
  const account = (): { lists: Map<number, readonly string[]>; written: number[]; session: () => ListedRooms } => {
    const [lists, written] = [new Map<number, readonly string[]>(), [] as number[]];
    const request = (method: string, path: string, { body }: MatrixRequest): Promise<{ errcode: undefined; body: object }> => {
      const list = Number(path.slice(path.lastIndexOf(".") + 1));
      if (method === "GET") return Promise.resolve({ errcode: undefined, body: { rooms: lists.get(list) ?? [] } });
      const { rooms = [] } = body as { rooms?: readonly string[] };
      lists.set(list, rooms);
      written.push(list);
      return Promise.resolve({ errcode: undefined, body: {} });
    };
    return { lists, written, session: () => new ListedRooms({ request } as unknown as MatrixClient, "@bot:x", "unsettled", "channels\no") };
  };
  const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `!${from + index}`);
  const filled = async (count: number): Promise<ReturnType<typeof account>> => {
    const made = account();
    const cut = made.session();
    for (const room of names(count)) await cut.add(room, signal);
    made.written.length = 0;
    return made;
  };
  /** What is settled, `refused` apart, and what is thrown in the end. */
  const settled = async ({ session }: ReturnType<typeof account>, refused: ReadonlyMap<string, Error>): Promise<{ rooms: string[]; thrown: unknown }> => {
    const rooms: string[] = [];
    const thrown: unknown = await session().each((room) => {
      const error = refused.get(room);
      if (error !== undefined) return Promise.reject(error);
      rooms.push(room);
      return Promise.resolve();
    }, signal).catch((error: unknown) => error);
    return { rooms, thrown };
  };

  it("go on in a second list when one is full, and are forgotten from the last list to the first", async () => {
    const made = await filled(201);
    expect([made.lists.get(0), made.lists.get(1)]).toEqual([names(200), ["!200"]]);
    expect(await settled(made, new Map())).toEqual({ rooms: ["!200", ...names(200)], thrown: undefined });
    expect(made.written).toEqual([1, 0]);
    expect(await settled(made, new Map())).toEqual({ rooms: [], thrown: undefined });
  });

  it("are settled though one of them refuses, which is told and tried again in the next run", async () => {
    const made = await filled(401);
    const other = new ExodusError("TARGET_PASSING", { params: { target: "salons", reason: "HTTP 500" } });
    const { rooms, thrown } = await settled(made, new Map([["!250", DENIED], ["!5", other], ["!400", DENIED]]));
    expect(thrown).toBe(DENIED);
    expect(new Set(rooms)).toEqual(new Set(names(401).filter((room) => !["!5", "!250", "!400"].includes(room))));
    expect([...made.lists.values()]).toEqual([["!5", "!250", "!400"], [], []]);
    // What comes later stands behind them.
    await made.session().add("!new", signal);
    expect(await settled(made, new Map())).toEqual({ rooms: ["!new", "!5", "!250", "!400"], thrown: undefined });
  });

  it("stay listed when the run is stopped, the server away or the token unknown, without a try of the others", async () => {
    const made = await filled(3);
    const stopped = new AbortController();
    let tries = 0;
    const asked = made.session().each(() => {
      tries += 1;
      stopped.abort(new Error("stopped"));
      return Promise.reject(DENIED);
    }, stopped.signal);
    await expect(asked).rejects.toThrow("stopped");
    expect(tries).toBe(1);
    for (const code of ["TARGET_CONNECTION", "TARGET_SILENT", "TARGET_AS_TOKEN"] as const) {
      const error = new ExodusError(code, { params: { target: "salons", reason: "" } });
      expect(await settled(made, new Map([["!1", error]]))).toEqual({ rooms: ["!0"], thrown: error });
    }
    expect(made.lists.get(0)).toEqual(names(3));
  });
});
