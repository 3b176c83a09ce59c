import { ExodusError } from "../../core/errors.js";
import type { MatrixClient } from "./client.js";

/** State of a room: type and key of the event. */
export interface StateKey {
  readonly type: string;
  readonly key?: string;
}

export interface NewRoom {
  /** Local part of its alias. */
  readonly alias: string;
  readonly server: string;
  readonly space: boolean;
  readonly version: string;
  readonly name?: string;
  readonly powerLevels: object;
}

/** Room of an alias `#local:server`; undefined when there is none. */
export async function resolveAlias(client: MatrixClient, alias: string, signal: AbortSignal): Promise<string | undefined> {
  const { errcode, body } = await client.request("GET", `client/v3/directory/room/${encodeURIComponent(alias)}`, { expect: ["M_NOT_FOUND"], signal });
  return errcode === undefined && typeof body["room_id"] === "string" ? body["room_id"] : undefined;
}

/** Idempotent by its alias: a room that is there already answers as one that was made by somebody else. */
export async function createRoom(client: MatrixClient, as: string | undefined, room: NewRoom, signal: AbortSignal): Promise<{ readonly id: string; readonly created: boolean }> {
  const { errcode, body } = await client.request("POST", "client/v3/createRoom", {
    as, expect: ["M_ROOM_IN_USE"], signal,
    body: {
      preset: "private_chat", visibility: "private", room_alias_name: room.alias, room_version: room.version, power_level_content_override: room.powerLevels,
      ...(room.name === undefined ? {} : { name: room.name }), ...(room.space ? { creation_content: { type: "m.space" } } : {}),
    },
  });
  const id = errcode === undefined ? body["room_id"] : await resolveAlias(client, `#${room.alias}:${room.server}`, signal);
  if (typeof id !== "string") throw new ExodusError("TARGET_PASSING", { params: { target: client.access.target, reason: "createRoom names no room" } });
  return { id, created: errcode === undefined };
}

/** Versions that the server makes rooms of and calls stable (client-server API, "Capabilities negotiation"). */
export async function roomVersions(client: MatrixClient, signal: AbortSignal): Promise<readonly string[]> {
  const { body } = await client.request("GET", "client/v3/capabilities", { signal });
  const { "m.room_versions": told } = (body["capabilities"] ?? {}) as { readonly "m.room_versions"?: { readonly available?: Readonly<Record<string, string>> } };
  // Not listed: "1" is the only one (same section).
  return told?.available === undefined ? ["1"] : Object.entries(told.available).flatMap(([version, state]) => (state === "stable" ? [version] : []));
}

/** One room, seen and changed by `actor`: a member with the power to (undefined: the application service's own user). */
export class Room {
  #joined: Map<string, string> | undefined;

  constructor(readonly client: MatrixClient, readonly id: string, readonly actor: string | undefined) {}

  get path(): string {
    return `client/v3/rooms/${encodeURIComponent(this.id)}`;
  }

  /** Undefined when the state was never set. */
  async state({ type, key = "" }: StateKey, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { errcode, body } = await this.client.request("GET", `${this.path}/state/${encodeURIComponent(type)}/${encodeURIComponent(key)}`, { as: this.actor, expect: ["M_NOT_FOUND"], signal });
    return errcode === undefined ? body : undefined;
  }

  /** Sends state unless it stands so already; answers whether it did. */
  async setState(state: StateKey, content: object, signal: AbortSignal, at?: number): Promise<boolean> {
    const standing = await this.state(state, signal);
    if (standing === undefined ? Object.keys(content).length === 0 : sameJson(standing, content)) return false;
    await this.sendState(state, content, this.actor, signal, at);
    return true;
  }

  async sendState({ type, key = "" }: StateKey, content: object, as: string | undefined, signal: AbortSignal, at?: number): Promise<void> {
    await this.client.request("PUT", `${this.path}/state/${encodeURIComponent(type)}/${encodeURIComponent(key)}`, { as, query: timeQuery(at), body: content, signal });
  }

  /** Number of members that are remembered. */
  get known(): number {
    return this.#joined?.size ?? 0;
  }

  /** Users in the room, with their names. */
  async joined(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return (this.#joined ??= await this.#readJoined(signal));
  }

  async #readJoined(signal: AbortSignal): Promise<Map<string, string>> {
    const { body } = await this.client.request("GET", `${this.path}/joined_members`, { as: this.actor, signal });
    const members = (body["joined"] ?? {}) as Readonly<Record<string, { readonly display_name?: string | null }>>;
    return new Map(Object.entries(members).map(([user, { display_name: name }]) => [user, name ?? user]));
  }

  /** Brings a user in: invited by the actor, joined by itself. `at`: when it came, epoch milliseconds. */
  async join(user: string, signal: AbortSignal, { at, direct = false }: { readonly at?: number; readonly direct?: boolean } = {}): Promise<void> {
    if ((await this.joined(signal)).has(user)) return;
    // Both as state, since only that takes a time (application service API, "Timestamp massaging").
    await this.sendState({ type: "m.room.member", key: user }, { membership: "invite", ...(direct ? { is_direct: true } : {}) }, this.actor, signal, at);
    const { body } = await this.client.request("GET", `client/v3/profile/${encodeURIComponent(user)}/displayname`, { expect: ["M_NOT_FOUND"], signal });
    const name = typeof body["displayname"] === "string" ? { displayname: body["displayname"] } : {};
    await this.sendState({ type: "m.room.member", key: user }, { membership: "join", ...name }, user, signal, at);
    this.#joined?.set(user, name.displayname ?? user);
  }

  /** By the user itself, so that nobody seems to have been put out. */
  async leave(user: string, signal: AbortSignal): Promise<void> {
    if (!(await this.joined(signal)).has(user)) return;
    await this.client.request("POST", `${this.path}/leave`, { as: user, body: {}, signal });
    this.#joined?.delete(user);
  }
}

/** `ts` of an event; servers take no time before 1970. */
export function timeQuery(at: number | undefined): Readonly<Record<string, string>> {
  return at === undefined || Number.isNaN(at) || at < 0 ? {} : { ts: String(Math.trunc(at)) };
}

/** Equal as JSON, whatever the order of members. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner);
}
