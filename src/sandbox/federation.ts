import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JSONWebKeySet } from "jose";

/** Who may sign in as the application with a token of an issuer of its own (Graph `federatedIdentityCredential`). */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** Default: the audience that Entra prescribes. */
  readonly audience?: string;
  /** The issuer's public keys; Entra would fetch them by the issuer's OpenID configuration. */
  readonly jwks: JSONWebKeySet;
}

const AUDIENCE = "api://AzureADTokenExchange";
const NO_MATCH = "No matching federated identity record found for presented assertion";

/** True for a token that an issuer made; an assertion that the application signed names its certificate by thumbprint. */
export function isForeign(assertion: string): boolean {
  try {
    const header = decodeProtectedHeader(assertion);
    decodeJwt(assertion);
    return header.x5t === undefined && header["x5t#S256"] === undefined;
  } catch {
    // No token at all: it is refused as an assertion whose certificate is unknown.
    return false;
  }
}

/** Entra's words for what is wrong with the token, undefined when it is good. Issuer, subject and audience match exactly, case included. */
export async function federationDenied(credentials: readonly FederatedCredential[], assertion: string): Promise<string | undefined> {
  const { iss = "", sub = "", aud = "" } = decodeJwt(assertion);
  const ofIssuer = credentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) return `AADSTS700211: ${NO_MATCH} issuer '${iss}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`;
  const match = ofIssuer.find(({ subject }) => subject === sub);
  if (match === undefined) return `AADSTS700213: ${NO_MATCH} subject '${sub}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`;
  if (![aud].flat().includes(match.audience ?? AUDIENCE)) return `AADSTS700212: ${NO_MATCH} audience '${String(aud)}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`;
  try {
    await jwtVerify(assertion, createLocalJWKSet(match.jwks), { requiredClaims: ["exp"], clockTolerance: 300 });
    return undefined;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return "AADSTS700024: Client assertion is not within its valid time range.";
    return `AADSTS50013: Assertion failed signature validation. [${String(cause).slice(0, 80)}]`;
  }
}
