import { ExodusError } from "../../core/errors.js";
import type { MatrixClient } from "./client.js";

/** Users that this session has seen or made; a server has any number of them, so the memory is bounded. */
const REMEMBERED = 10_000;

/** Accounts of one server, made without a password by the application service where they are not there yet. */
export class Users {
  readonly #there = new Set<string>();

  constructor(private readonly client: MatrixClient) {}

  /** Makes the account unless it is there; a new one is called `name`. One that is there keeps its name. */
  async ensure(user: string, name: string | undefined, signal: AbortSignal): Promise<void> {
    if (this.#there.has(user)) return;
    const answer = await this.client.request("POST", "client/v3/register", {
      body: { type: "m.login.application_service", username: localpartOf(user), inhibit_login: true }, expect: ["M_USER_IN_USE"], signal,
    });
    if (answer.errcode === undefined && name !== undefined && name !== "") {
      await this.client.request("PUT", `client/v3/profile/${encodeURIComponent(user)}/displayname`, { as: user, body: { displayname: name }, signal });
    }
    if (this.#there.size >= REMEMBERED) this.#there.clear();
    this.#there.add(user);
  }

  /** Names a chat of two a direct one in the account data of `user` (client-server API, "Direct Messaging"). */
  async markDirect(user: string, other: string, room: string, signal: AbortSignal): Promise<void> {
    const path = `client/v3/user/${encodeURIComponent(user)}/account_data/m.direct`;
    const { body } = await this.client.request("GET", path, { as: user, expect: ["M_NOT_FOUND"], signal });
    const standing = body["errcode"] === undefined ? body : {};
    const rooms = Array.isArray(standing[other]) ? (standing[other] as unknown[]) : [];
    if (!rooms.includes(room)) await this.client.request("PUT", path, { as: user, body: { ...standing, [other]: [...rooms, room] }, signal });
  }
}

/** The service's own user, by which the name of the server is known too (client-server API, "whoami"). */
export async function whoAmI(client: MatrixClient, as: string | undefined, signal: AbortSignal): Promise<string> {
  const { body } = await client.request("GET", "client/v3/account/whoami", { as, signal });
  if (typeof body["user_id"] !== "string") throw new ExodusError("TARGET_UNREACHABLE", { params: { target: client.access.target, reason: "whoami names nobody" } });
  return body["user_id"];
}

export function localpartOf(user: string): string {
  return user.slice(1, user.indexOf(":"));
}

export function serverOf(user: string): string {
  return user.slice(user.indexOf(":") + 1);
}

/** A word as a local part, by the mapping that the specification suggests (appendices, "Mapping from other character sets"). */
export function asLocalpart(word: string): string {
  return [...Buffer.from(word.toLowerCase(), "utf8")].map((byte) => {
    const char = String.fromCharCode(byte);
    return /[a-z0-9._/+-]/.test(char) ? char : `=${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}
