import { ExodusError } from "../../core/errors.js";
import type { HttpPlace } from "./errors.js";

/**
 * An address that the server told, or a path at it. Credentials go with the request: to no other host, and not in clear text where the
 * configuration asks for TLS.
 * @throws ExodusError TARGET_UNREACHABLE naming what is wrong with it.
 */
export function toldAddress(told: string, base: URL, { target, account }: HttpPlace): URL {
  const url = new URL(told, base);
  const wrong = url.hostname !== base.hostname ? `points to another host, ${url.hostname}` : base.protocol === "https:" && url.protocol !== "https:" ? "points away from TLS" : undefined;
  if (wrong !== undefined) throw new ExodusError("TARGET_UNREACHABLE", { params: { target, account, reason: wrong } });
  return url;
}
