import { randomBytes, randomInt } from "node:crypto";
import type { AskedScopes } from "./scopes.js";

export interface DeviceFlowOptions {
  /** Seconds between two polls; 5 when absent. */
  readonly interval?: number;
  /** Life of a code in seconds; 900 when absent ("the user has 15 minutes to sign in"). */
  readonly expiresIn?: number;
}

/** Who let an application act for whom. */
export interface Grant {
  readonly client: string;
  readonly scopes: AskedScopes;
  /** Object id. */
  readonly person: string;
}

interface Waiting extends Omit<Grant, "person"> {
  readonly userCode: string;
  expiresAt: number;
  decision?: { readonly person: string } | "declined";
}

/** What a device code is worth now, in the words of the answers of "OAuth 2.0 device authorization grant". */
export type Redeemed = Grant | "authorization_pending" | "authorization_declined" | "expired_token" | "bad_verification_code";

/** No vowels, and nothing that is read for another sign (RFC 8628, section 6.1). */
const SIGNS = "BCDFGHJKLMNPQRSTVWXZ23456789";

/** Codes that wait for a person, and the refresh tokens that came of them ("Microsoft identity platform and the OAuth 2.0 device authorization grant flow"). */
export class DeviceFlow {
  readonly #waiting = new Map<string, Waiting>();
  readonly #refresh = new Map<string, Grant>();
  readonly #revoked = new Set<string>();

  constructor(private readonly options: DeviceFlowOptions = {}) {}

  /** The answer of `/devicecode`. */
  start(root: string, client: string, scopes: AskedScopes): object {
    const { interval = 5, expiresIn = 900 } = this.options;
    const deviceCode = randomBytes(48).toString("base64url");
    const userCode = Array.from({ length: 9 }, () => SIGNS[randomInt(SIGNS.length)]).join("");
    this.#waiting.set(deviceCode, { client, scopes, userCode, expiresAt: Date.now() + expiresIn * 1000 });
    const page = `${root}/device`;
    return {
      device_code: deviceCode, user_code: userCode, verification_uri: page, expires_in: expiresIn, interval,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
    };
  }

  /** What the person chose on the page; false for a code that waits for nobody. */
  decide(userCode: string, decision: { readonly person: string } | "declined"): boolean {
    const waiting = [...this.#waiting.values()].find((one) => one.userCode === userCode.trim().toUpperCase() && one.decision === undefined && one.expiresAt > Date.now());
    if (waiting === undefined) return false;
    waiting.decision = decision;
    return true;
  }

  /** A code is good for one token. */
  redeem(deviceCode: string, client: string): Redeemed {
    const waiting = this.#waiting.get(deviceCode);
    if (waiting === undefined || waiting.client !== client) return "bad_verification_code";
    if (waiting.decision === "declined") return "authorization_declined";
    if (waiting.expiresAt <= Date.now()) return "expired_token";
    if (waiting.decision === undefined) return "authorization_pending";
    this.#waiting.delete(deviceCode);
    return { client, scopes: waiting.scopes, person: waiting.decision.person };
  }

  /** Every code given so far is too late. */
  expireCodes(): void {
    for (const waiting of this.#waiting.values()) waiting.expiresAt = 0;
  }

  /** Earlier tokens stay good: "Refresh tokens don't revoke themselves upon every use" ("Refresh tokens in the Microsoft identity platform"). */
  refreshToken(grant: Grant): string {
    const token = randomBytes(48).toString("base64url");
    this.#refresh.set(token, grant);
    return token;
  }

  refreshed(token: string, client: string): Grant | "revoked" | "unknown" {
    if (this.#revoked.has(token)) return "revoked";
    const grant = this.#refresh.get(token);
    return grant === undefined || grant.client !== client ? "unknown" : grant;
  }

  /** As when a password is changed or an administrator revokes a person's sessions: every refresh token so far is worth nothing. */
  revoke(): void {
    for (const token of this.#refresh.keys()) this.#revoked.add(token);
  }
}
