import { ExodusError } from "../../src/core/errors.js";
import { Room } from "../../src/drivers/matrix/rooms.js";
import type { Users } from "../../src/drivers/matrix/users.js";
import type { MatrixClient } from "../../src/drivers/matrix/client.js";
import { DiskMap } from "../../src/lib/disk-map.js";
import { retrying } from "../../src/lib/retry.js";
import { OpenRoom } from "./open-room.js";
import type { ListedRooms, RoomList } from "./listed-rooms.js";

/** Rooms whose state is kept at hand. Messages come by their date, whatever their channel: a team's rooms are used by turns. */
const ROOMS = 200;
/** Members of all of them together: a room may have tens of thousands. */
const MEMBERS = 50_000;
const ATTEMPTS = 3;

export interface RoomsOptions {
  readonly client: MatrixClient;
  /** Who sees and changes the rooms; undefined: the service's own user. */
  readonly actor: string | undefined;
  readonly users: Users;
  readonly lists: Readonly<Record<RoomList, ListedRooms>>;
  readonly readOnly: boolean;
  readonly isGhost: (user: string) => boolean;
}

/** A room that was left shows its members to us no more. */
export async function membersUnlessLeft(room: Room, signal: AbortSignal): Promise<readonly string[] | undefined> {
  try {
    return [...(await room.joined(signal)).keys()];
  } catch (thrown) {
    if (thrown instanceof ExodusError && thrown.code === "TARGET_DENIED") return undefined;
    throw thrown;
  }
}

/** The rooms of one session. Those used lately are kept at hand, whatever is to be known of the others is at the server or on disk. */
export class OpenRooms {
  readonly #rooms = new Map<string, OpenRoom>();
  readonly #known = new DiskMap();

  constructor(private readonly options: RoomsOptions) {}

  open(id: string): OpenRoom {
    const room = this.#rooms.get(id) ?? this.#make(id);
    this.#rooms.delete(id);
    this.#rooms.set(id, room);
    this.#trim();
    return room;
  }

  forget(id: string): void {
    this.#rooms.delete(id);
  }

  /**
   * Leaves all rooms that were written to as they are to stay, those of a run that was cut too, and those that the option had closed when it is off.
   * @throws what the first room that refuses throws, once all others are done.
   */
  async settle(signal: AbortSignal): Promise<void> {
    const { lists: { unsettled, archives }, readOnly, isGhost } = this.options;
    const settle = (id: string): Promise<void> => retrying(async () => {
      const open = this.open(id);
      // One that was removed since, or that we were put out of, is nobody's of ours any more.
      if ((await membersUnlessLeft(open.room, signal)) !== undefined) await open.settle(isGhost, signal);
    }, { attempts: ATTEMPTS, signal });
    const failures: unknown[] = [];
    for (const list of readOnly ? [unsettled] : [unsettled, archives]) {
      await list.each(settle, signal).catch((thrown: unknown) => {
        signal.throwIfAborted();
        failures.push(thrown);
      });
    }
    if (failures.length > 0) throw failures[0];
  }

  close(): void {
    this.#known.close();
  }

  #make(id: string): OpenRoom {
    const { client, actor, users, lists: { unsettled, archives }, readOnly } = this.options;
    const touched = `touched\n${id}`;
    return new OpenRoom(new Room(client, id, actor), {
      users, readOnly, known: this.#known,
      touch: async (signal) => {
        if (this.#known.get(touched) !== undefined) return;
        await unsettled.add(id, signal);
        this.#known.set(touched, "");
      },
      archive: (signal) => archives.add(id, signal),
    });
  }

  #trim(): void {
    let members = 0;
    for (const room of this.#rooms.values()) members += room.members;
    for (const [id, room] of this.#rooms) {
      if (this.#rooms.size <= ROOMS && members <= MEMBERS) return;
      // Two at hand in any case: a channel, and the space that it hangs in.
      if (this.#rooms.size <= 2) return;
      members -= room.members;
      this.#rooms.delete(id);
    }
  }
}
