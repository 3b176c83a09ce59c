import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import type { HttpPlace } from "./errors.js";

/** Where the token of a server comes from. */
export interface TokenSource {
  current(signal: AbortSignal): Promise<string>;
  /** Another one in the place of one that was refused. @throws ExodusError when there is none. */
  renew(refused: string, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** A token that somebody made: it cannot be renewed here. `refused`: how that is told. */
export function givenToken(token: string, { target, account }: HttpPlace, refused: ErrorCode = "TARGET_TOKEN"): TokenSource {
  return {
    current: () => Promise.resolve(token),
    renew: () => Promise.reject(new ExodusError(refused, { params: { target, account, reason: "HTTP 401" } })),
    close: () => Promise.resolve(),
  };
}

export interface IssuedToken {
  readonly token: string;
  /** Absent where whoever issued it does not tell. */
  readonly livesMs: number | undefined;
}

/** Tokens that are asked for anew before they end, and when one is refused. One request serves all who wait for it. */
export class RenewedTokens implements TokenSource {
  #held: { readonly token: string; readonly until: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(private readonly ask: (signal: AbortSignal) => Promise<IssuedToken>, readonly close: () => Promise<void>, private readonly now: () => number = Date.now) {}

  current(signal: AbortSignal): Promise<string> {
    const held = this.#held;
    return held !== undefined && this.now() < held.until ? Promise.resolve(held.token) : this.#renewed(signal);
  }

  renew(refused: string, signal: AbortSignal): Promise<string> {
    const held = this.#held;
    return held !== undefined && held.token !== refused ? Promise.resolve(held.token) : this.#renewed(signal);
  }

  #renewed(signal: AbortSignal): Promise<string> {
    this.#asking ??= this.ask(signal).then(({ token, livesMs = Infinity }) => {
      // At half of its life, so that it does not end under a request.
      this.#held = { token, until: this.now() + livesMs / 2 };
      return token;
    }).finally(() => { this.#asking = undefined; });
    return this.#asking;
  }
}
