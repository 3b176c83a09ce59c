import { describe, expect, it } from "@jest/globals";
import { OpenRooms } from "../../../adapters/matrix/open-rooms.js";
import type { ListedRooms } from "../../../adapters/matrix/listed-rooms.js";
import type { MatrixClient, MatrixRequest } from "../../../src/drivers/matrix/client.js";
import type { Users } from "../../../src/drivers/matrix/users.js";

const { signal } = new AbortController();

describe("the rooms of a session", () => {
  const touched: string[] = [];
  /** Every room has `members` users and no state. */
  const rooms = (members: number): OpenRooms => new OpenRooms({
    client: { request: (_method: string, path: string, _options: MatrixRequest) => Promise.resolve(path.endsWith("joined_members")
      ? { errcode: undefined, body: { joined: Object.fromEntries(Array.from({ length: members }, (_, index) => [`@${index}:x`, {}])) } } : { errcode: "M_NOT_FOUND", body: {} }) } as unknown as MatrixClient,
    actor: undefined, readOnly: false, isGhost: () => false, users: { ensure: () => Promise.resolve() } as unknown as Users,
    lists: { unsettled: { add: (room: string) => { touched.push(room); return Promise.resolve(); } } as unknown as ListedRooms, archives: {} as ListedRooms },
  });

  it("keeps those used lately at hand, and remembers of the others that they were written to", async () => {
    const open = rooms(1);
    const first = open.open("!0");
    for (let index = 0; index < 300; index += 1) await open.open(`!${index}`).enter({ user: "@0:x", name: undefined, ghost: false }, signal, undefined);
    expect(open.open("!299")).toBe(open.open("!299"));
    expect(open.open("!0")).not.toBe(first);
    await open.open("!0").enter({ user: "@0:x", name: undefined, ghost: false }, signal, undefined);
    expect(touched.splice(0)).toEqual(Array.from({ length: 300 }, (_, index) => `!${index}`));
    open.close();
  });

  it("keeps fewer of those that have many members", async () => {
    const open = rooms(20_000);
    const made: unknown[] = [];
    for (const id of ["!a", "!b", "!c"]) {
      made.push(open.open(id));
      await open.open(id).room.joined(signal);
    }
    expect(["!c", "!b"].map((id) => made.includes(open.open(id)))).toEqual([true, true]);
    expect(made).not.toContain(open.open("!a"));
    open.close();
  });
});
