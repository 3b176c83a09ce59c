import { createHash } from "node:crypto";
import { asExodusError } from "../../src/core/errors.js";
import type { MatrixClient } from "../../src/drivers/matrix/client.js";

/** Rooms named in one piece of account data: some 10 kB. */
const ROOMS_A_LIST = 200;

/** `unsettled`: written to, and not yet as they are to stay; `archives`: closed for writing because the target's option says so, and for no other reason. */
export type RoomList = "unsettled" | "archives";

/**
 * Rooms that a later run is to come back to, in the account data of whoever writes (client-server API, "Client Config"): it outlives the process, and nobody else
 * sees it. Lists are numbered; an earlier run that was cut left some, and the next one goes on behind them.
 */
export class ListedRooms {
  #list: number | undefined;
  #rooms: string[] = [];

  /** `unit`: whose conversations these are, since one user may write for many. */
  constructor(private readonly client: MatrixClient, private readonly user: string, private readonly kind: RoomList, private readonly unit: string) {}

  /** Before what is to be come back to is done. Once a session is enough. */
  async add(room: string, signal: AbortSignal): Promise<void> {
    this.#list ??= await this.#free(signal);
    if (this.#rooms.length >= ROOMS_A_LIST) {
      this.#list += 1;
      this.#rooms = [];
    }
    await this.#write(this.#list, [...this.#rooms, room], signal);
    this.#rooms.push(room);
  }

  /**
   * Every room of this session and of earlier ones, with `settle`; forgets them as lists end. One that fails stops no other: it stays listed for the next run.
   * @throws what the first of them threw, once all others are done; at once the signal's reason, and what concerns every room.
   */
  async each(settle: (room: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    let lists = await this.#free(signal);
    const failures: unknown[] = [];
    let failed: string[] = [];
    // From the last to the first: a gap would hide what is behind it.
    for (let list = lists - 1; list >= 0; list -= 1) {
      const here: string[] = [];
      for (const room of new Set(await this.#read(list, signal))) {
        try {
          await settle(room);
        } catch (thrown) {
          signal.throwIfAborted();
          if (concernsAll(thrown)) throw thrown;
          if (failures.length === 0) failures.push(thrown);
          here.push(room);
        }
      }
      failed = [...here, ...failed];
      if (failed.length > 0) continue;
      await this.#write(list, [], signal);
      lists = list;
    }
    await this.#keep(failed, lists, signal);
    this.#list = undefined;
    this.#rooms = [];
    if (failures.length > 0) throw failures[0];
  }

  /** Leaves these alone listed. In the order of their lists each moves to an earlier one or stays: a run that is cut here forgets none. */
  async #keep(rooms: readonly string[], lists: number, signal: AbortSignal): Promise<void> {
    const needed = Math.ceil(rooms.length / ROOMS_A_LIST);
    for (let list = 0; list < needed; list += 1) await this.#write(list, rooms.slice(list * ROOMS_A_LIST, (list + 1) * ROOMS_A_LIST), signal);
    for (let list = lists - 1; list >= needed; list -= 1) await this.#write(list, [], signal);
  }

  async #free(signal: AbortSignal): Promise<number> {
    let list = 0;
    while ((await this.#read(list, signal)).length > 0) list += 1;
    return list;
  }

  async #read(list: number, signal: AbortSignal): Promise<readonly string[]> {
    // Forbidden: nobody has made the account yet (of somebody without any conversation).
    const { body } = await this.client.request("GET", this.#path(list), { as: this.user, expect: ["M_NOT_FOUND", "M_FORBIDDEN"], signal });
    return Array.isArray(body["rooms"]) ? (body["rooms"] as string[]) : [];
  }

  async #write(list: number, rooms: readonly string[], signal: AbortSignal): Promise<void> {
    await this.client.request("PUT", this.#path(list), { as: this.user, body: rooms.length === 0 ? {} : { rooms }, signal });
  }

  #path(list: number): string {
    const unit = createHash("sha256").update(this.unit).digest("hex").slice(0, 16);
    return `client/v3/user/${encodeURIComponent(this.user)}/account_data/fr.o365exodus.${this.kind}.${unit}.${list}`;
  }
}

/** The server is away, or the configuration is wrong: the next room would fail alike, after as long a wait. */
function concernsAll(thrown: unknown): boolean {
  const { code, errorClass } = asExodusError(thrown);
  return code === "TARGET_CONNECTION" || code === "TARGET_SILENT" || errorClass === "throttled" || errorClass === "fatal-config";
}
