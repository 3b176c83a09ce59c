import { AuthError } from "@azure/msal-node";
import { decodeJwt, errors } from "jose";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { ExodusError } from "../../core/errors.js";

/** First AADSTS numbers of an error → our code ("Microsoft Entra authentication and authorization error codes"). */
const AADSTS: readonly (readonly [string, ErrorCode])[] = [
  ["AADSTS90002", "AUTH_TENANT"], ["AADSTS900023", "AUTH_TENANT"], ["AADSTS700016", "AUTH_CLIENT"], ["AADSTS7000215", "AUTH_SECRET"],
  ["AADSTS7000222", "AUTH_SECRET"], ["AADSTS700027", "AUTH_CERTIFICATE"], ["AADSTS700024", "AUTH_CERTIFICATE"], ["AADSTS1000502", "AUTH_CERTIFICATE"],
  // "No matching federated identity record", by issuer, audience, subject, and twice for a difference of case only.
  ["AADSTS70021", "AUTH_FEDERATION"], ["AADSTS700211", "AUTH_FEDERATION"], ["AADSTS700212", "AUTH_FEDERATION"], ["AADSTS700213", "AUTH_FEDERATION"],
  ["AADSTS7002137", "AUTH_FEDERATION"], ["AADSTS7002138", "AUTH_FEDERATION"], ["AADSTS50013", "AUTH_FEDERATION"],
];

/** Beyond this, Microsoft's five minutes of tolerance are used up. */
const DRIFT_MS = 300_000;
/** "Client assertion is not within its valid time range", "Assertion is not within its valid time range". */
const OUT_OF_TIME = /AADSTS(?:700024|500133)\b/;

/** This machine's clock is wrong: what it signs is not valid yet, or no more. `driftMs`: how far it goes ahead of Microsoft's. */
export function clockError(driftMs: number, cause: unknown): ExodusError | undefined {
  if (Math.abs(driftMs) < DRIFT_MS) return undefined;
  return new ExodusError("AUTH_CLOCK", { params: { minutes: Math.round(Math.abs(driftMs) / 60_000), direction: driftMs > 0 ? "+" : "−" }, cause });
}

/** Says what the refused token claims to be, since each claim must match the registration exactly; claims are no secret, the token is. */
export async function federationError(error: ExodusError, clientId: string, token: () => Promise<string>): Promise<ExodusError> {
  if (error.code !== "AUTH_FEDERATION" && error.code !== "AUTH_CERTIFICATE") return error;
  return new ExodusError("AUTH_FEDERATION", { params: { clientId, reason: String(error.params["reason"] ?? ""), claims: claimsOf(await token()) }, cause: error });
}

function claimsOf(token: string): string {
  try {
    const { iss, sub, aud, exp } = decodeJwt(token);
    return `issuer ${String(iss)}, subject ${String(sub)}, audience ${String(aud)}, expires ${exp === undefined ? "?" : new Date(exp * 1000).toISOString()}`;
  } catch (thrown) {
    if (thrown instanceof errors.JWTInvalid) return "not a JSON web token";
    throw thrown;
  }
}

/** Words for a sign-in that a person did not bring to its end: Entra's own ("OAuth 2.0 device authorization grant", Expected errors), and MSAL's where its clock runs out first. */
const NOT_SIGNED_IN: Readonly<Record<string, ErrorCode>> = {
  authorization_declined: "AUTH_DECLINED", access_denied: "AUTH_DECLINED", expired_token: "AUTH_CODE_EXPIRED", device_code_expired: "AUTH_CODE_EXPIRED",
  // The registration wants a secret of whoever redeems the code (AADSTS7000218).
  invalid_client: "AUTH_PUBLIC_CLIENT",
};

/** What became of a device code; undefined for what `signInError` tells. */
export function deviceCodeError(thrown: unknown, params: { clientId: string }): ExodusError | undefined {
  const code = thrown instanceof AuthError ? NOT_SIGNED_IN[thrown.errorCode] : undefined;
  return code === undefined ? undefined : new ExodusError(code, { params, cause: thrown });
}

export function signInError(thrown: unknown, params: { tenantId: string; clientId: string; authority: string }, driftMs: number): ExodusError {
  const text = thrown instanceof Error ? `${thrown.message} ${thrown.cause instanceof Error ? thrown.cause.message : ""}` : String(thrown);
  const late = OUT_OF_TIME.test(text) ? clockError(driftMs, thrown) : undefined;
  if (late !== undefined) return late;
  const known = AADSTS.find(([number]) => new RegExp(`${number}\\b`).test(text));
  if (known !== undefined) return new ExodusError(known[1], { params: { ...params, reason: known[0] }, cause: thrown });
  if (/PEM|private key|DECODER|asn1|invalid key/i.test(text)) return new ExodusError("AUTH_CERTIFICATE", { params: { ...params, reason: "the private key cannot be read" }, cause: thrown });
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  const network = !(thrown instanceof AuthError) || /network|endpoints_resolution|ECONN|ENOTFOUND|certificate|self.signed/i.test(text);
  const reason = text.replace(/\s+/g, " ").slice(0, 200);
  if (/endpoints_resolution|openid_config/i.test(text) && !/ECONN|ENOTFOUND|certificate|fetch failed/i.test(text)) return new ExodusError("AUTH_TENANT", { params, cause: thrown });
  return new ExodusError(network ? "AUTH_UNREACHABLE" : "AUTH_FAILED", { params: { ...params, reason: code === "" ? reason : `${code} ${reason}` }, cause: thrown });
}
