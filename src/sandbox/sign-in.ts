import { createHash, randomBytes, timingSafeEqual, X509Certificate } from "node:crypto";
import { decodeProtectedHeader, errors, importX509, jwtVerify, SignJWT, type JWTPayload } from "jose";
import { DeviceFlow, type Grant } from "./device-flow.js";
import { federationDenied, isForeign } from "./federation.js";
import type { Caller } from "./odata.js";
import { ALL_ROLES } from "./roles.js";
import { ALL_SCOPES, askedScopes, type AskedScopes } from "./scopes.js";
import { ownerById } from "./tenant/owner-by-id.js";
import { guid, type RegisteredApp, type TenantStore } from "./tenant/store.js";

export interface SignInAnswer {
  readonly status: number;
  readonly json: object;
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** What MSAL and its kin sign assertions with ("Microsoft identity platform application authentication certificate credentials"). */
const ASSERTION_ALGORITHMS = ["PS256", "RS256"];

const SEEN_KEPT = 1_000;

/** The device code's grant: its name in RFC 8628 and on Microsoft's page, and the short one that MSAL for JavaScript sends. */
const DEVICE_CODE_GRANTS: readonly string[] = ["urn:ietf:params:oauth:grant-type:device_code", "device_code"];

/** Numbers of "Microsoft Entra authentication and authorization error codes". */
const NOT_REDEEMED = {
  authorization_pending: "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
  authorization_declined: "AADSTS65004: User declined to consent to access the app.",
  expired_token: "AADSTS70019: Verification code expired. Have the user retry the sign-in.",
  bad_verification_code: "AADSTS70018: Invalid verification code.",
} as const;

/** The identity platform's part: OpenID discovery and tokens, for applications ("Client credentials flow") and for people ("Device authorization grant flow"). */
export class SignIn {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly device: DeviceFlow;
  readonly #key = randomBytes(32);
  /** Claims of tokens that were found good, by the root that they were shown to. */
  readonly #seen = new Map<string, JWTPayload>();
  /** Tokens of an earlier generation are answered as expired. */
  #generation = 0;

  constructor(private readonly store: TenantStore, private readonly certificatePem: string, private readonly lifetimeSeconds = 3600) {
    this.clientId = store.tenant.clientId ?? guid(`client ${store.tenantId}`);
    this.clientSecret = store.tenant.clientSecret ?? randomBytes(24).toString("base64url");
    this.device = new DeviceFlow(store.tenant.deviceCode);
  }

  /** Who asks for a token: the first application, or one of `apps`. */
  #app(clientId: string): RegisteredApp | undefined {
    const apps: readonly RegisteredApp[] = [{ clientId: this.clientId, clientSecret: this.clientSecret }, ...(this.store.tenant.apps ?? [])];
    return apps.find((app) => app.clientId.toLowerCase() === clientId.toLowerCase());
  }

  /** `/{tenant}/v2.0/.well-known/openid-configuration`. */
  discovery(root: string, tenant: string): SignInAnswer {
    if (!this.#isTenant(tenant)) return refusal(400, "invalid_tenant", `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`);
    const base = `${root}/${this.store.tenantId}`;
    return {
      status: 200,
      json: {
        token_endpoint: `${base}/oauth2/v2.0/token`, device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`, authorization_endpoint: `${base}/oauth2/v2.0/authorize`, issuer: `${base}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"], response_types_supported: ["code"], subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
      },
    };
  }

  async token(root: string, tenant: string, form: URLSearchParams): Promise<SignInAnswer> {
    if (!this.#isTenant(tenant)) return refusal(400, "invalid_request", `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`);
    const app = this.#app(form.get("client_id") ?? "");
    if (app === undefined) return unknownApp(form);
    const grant = form.get("grant_type") ?? "";
    if (DEVICE_CODE_GRANTS.includes(grant)) return this.#ofDevice(root, app, form);
    if (grant === "refresh_token") return this.#refreshed(root, app, form);
    if (grant !== "client_credentials") return refusal(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
    const denied = await this.#denied(root, tenant, app, form);
    if (denied !== undefined) return denied;
    if (!(form.get("scope") ?? "").split(" ").includes(`${root}/.default`)) return refusal(400, "invalid_scope", "AADSTS70011: The provided request must include a 'scope' input parameter of the form {resource}/.default.");
    const access = await this.#access(root, { roles: app.grantedRoles ?? this.store.tenant.grantedRoles ?? ALL_ROLES, appid: app.clientId });
    return { status: 200, json: { token_type: "Bearer", expires_in: this.lifetimeSeconds, ext_expires_in: this.lifetimeSeconds, access_token: access } };
  }

  /** `/devicecode`. */
  deviceCode(root: string, tenant: string, form: URLSearchParams): SignInAnswer {
    if (!this.#isTenant(tenant)) return refusal(400, "invalid_request", `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`);
    const app = this.#app(form.get("client_id") ?? "");
    if (app === undefined) return unknownApp(form);
    const scopes = askedScopes(root, form.get("scope") ?? "");
    return scopes === undefined ? unknownScope(form) : { status: 200, json: this.device.start(root, app.clientId, scopes) };
  }

  async #ofDevice(root: string, app: RegisteredApp, form: URLSearchParams): Promise<SignInAnswer> {
    const redeemed = this.device.redeem(form.get("device_code") ?? "", app.clientId);
    if (typeof redeemed === "string") return refusal(400, redeemed, NOT_REDEEMED[redeemed]);
    if (this.store.tenant.publicClient === false) return refusal(401, "invalid_client", "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    return this.#tokens(root, redeemed, form);
  }

  async #refreshed(root: string, app: RegisteredApp, form: URLSearchParams): Promise<SignInAnswer> {
    const grant = this.device.refreshed(form.get("refresh_token") ?? "", app.clientId);
    if (grant === "revoked") return refusal(400, "invalid_grant", "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.");
    if (grant === "unknown") return refusal(400, "invalid_grant", "AADSTS70000: The provided value for the input parameter 'refresh_token' is not valid.");
    const scopes = askedScopes(root, form.get("scope") ?? "");
    if (scopes === undefined) return unknownScope(form);
    const beyond = scopes.graph.find((scope) => !grant.scopes.graph.includes(scope));
    if (beyond !== undefined) {
      const denied = refusal(400, "invalid_grant", `AADSTS65001: The user or administrator has not consented to use the application with ID '${app.clientId}'. Send an interactive authorization request for this user and resource.`);
      return { ...denied, json: { ...denied.json, suberror: "consent_required" } };
    }
    return this.#tokens(root, grant, form);
  }

  /** Access token for what was granted of what was asked, refresh token for "offline_access", id token for "openid"; `client_info` where asked for, as MSAL does. */
  async #tokens(root: string, grant: Grant, form: URLSearchParams): Promise<SignInAnswer> {
    const { person, scopes, client } = grant;
    const held = this.#consented(scopes);
    const access = await this.#access(root, { scp: held.join(" "), oid: person, appid: client });
    return {
      status: 200,
      json: {
        token_type: "Bearer", scope: [...held.map((scope) => `${root}/${scope}`), ...scopes.openId].join(" "), expires_in: this.lifetimeSeconds, ext_expires_in: this.lifetimeSeconds, access_token: access,
        ...(scopes.openId.includes("offline_access") ? { refresh_token: this.device.refreshToken(grant) } : {}),
        ...(scopes.openId.includes("openid") ? { id_token: this.#idToken(root, person, client) } : {}),
        ...(form.get("client_info") === "1" ? { client_info: encoded({ uid: person, utid: this.store.tenantId }) } : {}),
      },
    };
  }

  #consented({ graph }: AskedScopes): readonly string[] {
    const { delegatedScopes } = this.store.tenant;
    return delegatedScopes === undefined ? graph : graph.filter((scope) => delegatedScopes.includes(scope));
  }

  /** Claims of "ID token claims reference". Nobody checks its signature where it comes straight from the token endpoint over TLS (OpenID Connect Core 1.0, 3.1.3.7). */
  #idToken(root: string, person: string, client: string): string {
    const owner = ownerById(this.store).get(person);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: client, iss: `${root}/${this.store.tenantId}/v2.0`, iat: now, nbf: now, exp: now + this.lifetimeSeconds, ver: "2.0", tid: this.store.tenantId, oid: person, sub: guid(`${person} ${client}`),
      preferred_username: owner?.name ?? person, name: String(owner?.profile["displayName"] ?? owner?.name ?? person),
    };
    return `${encoded({ typ: "JWT", alg: "none" })}.${encoded(claims)}.`;
  }

  /** A token of somebody who signed in to the app, with all permissions delegated: `scp` instead of `roles` ("Access token claims reference"). */
  delegated(root: string, user: string): Promise<string> {
    return this.#access(root, { scp: ALL_SCOPES.join(" "), oid: user, appid: this.clientId });
  }

  #access(root: string, claims: Readonly<Record<string, unknown>>): Promise<string> {
    return new SignJWT({ ...claims, tid: this.store.tenantId, generation: this.#generation })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" }).setIssuedAt().setNotBefore("0s").setIssuer(`${root}/${this.store.tenantId}/`).setAudience(root)
      .setExpirationTime(`${this.lifetimeSeconds}s`).sign(this.#key);
  }

  /** Application and granted permissions of a good token; undefined when it is missing, foreign or expired. */
  async caller(root: string, authorization: string | undefined): Promise<Caller | undefined> {
    const bearer = /^Bearer +(.+)$/i.exec(authorization ?? "")?.[1];
    if (bearer === undefined) return undefined;
    try {
      const payload = await this.#verified(bearer, root);
      if (payload["generation"] !== this.#generation) return undefined;
      const app = String(payload["appid"]);
      return typeof payload["scp"] === "string" ? { app, roles: payload["scp"].split(" "), user: String(payload["oid"]) } : { app, roles: payload["roles"] as string[] };
    } catch {
      // Foreign and expired tokens are answered alike: 401.
      return undefined;
    }
  }

  /** Claims of a good token. Its signature is looked at once; its time is over when it is. */
  async #verified(bearer: string, root: string): Promise<JWTPayload> {
    const shown = `${root} ${bearer}`;
    const known = this.#seen.get(shown);
    if (known?.exp !== undefined && known.exp > Math.floor(Date.now() / 1000)) return known;
    const { payload } = await jwtVerify(bearer, this.#key, { audience: root });
    if (this.#seen.size >= SEEN_KEPT) this.#seen.clear();
    this.#seen.set(shown, payload);
    return payload;
  }

  /** From now on every token given so far is expired; the next one is good. */
  expireTokens(): void {
    this.#generation += 1;
  }

  #isTenant(tenant: string): boolean {
    return tenant.toLowerCase() === this.store.tenantId.toLowerCase() || tenant.toLowerCase() === this.store.tenant.domain?.toLowerCase();
  }

  async #denied(root: string, tenant: string, app: RegisteredApp, form: URLSearchParams): Promise<SignInAnswer | undefined> {
    const [secret, assertion] = [form.get("client_secret"), form.get("client_assertion")];
    if (assertion !== null && form.get("client_assertion_type") === ASSERTION_TYPE) {
      if (!isForeign(assertion)) return this.#assertionDenied(root, tenant, app, assertion);
      const description = await federationDenied(this.store.tenant.federatedCredentials ?? [], assertion);
      return description === undefined ? undefined : refusal(401, "invalid_client", description);
    }
    if (secret === null) return refusal(401, "invalid_client", "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    if (same(secret, app.clientSecret)) return undefined;
    return refusal(401, "invalid_client", `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`);
  }

  async #assertionDenied(root: string, tenant: string, { clientId }: RegisteredApp, assertion: string): Promise<SignInAnswer | undefined> {
    try {
      const { alg = "", "x5t#S256": sha256, x5t: sha1 } = decodeProtectedHeader(assertion) as { alg?: string; "x5t#S256"?: string; x5t?: string };
      const { raw } = new X509Certificate(this.certificatePem);
      const own = (hash: "sha256" | "sha1"): string => createHash(hash).update(raw).digest("base64url");
      if (sha256 === undefined ? sha1 !== own("sha1") : sha256 !== own("sha256")) return notRegistered(`thumbprint '${sha256 ?? sha1 ?? ""}'`);
      if (!ASSERTION_ALGORITHMS.includes(alg)) return notRegistered(`algorithm '${alg}'`);
      await jwtVerify(assertion, await importX509(this.certificatePem, alg), {
        algorithms: ASSERTION_ALGORITHMS, issuer: clientId, subject: clientId, requiredClaims: ["exp"], clockTolerance: 300,
        audience: [`${root}/${tenant}/oauth2/v2.0/token`, `${root}/${this.store.tenantId}/oauth2/v2.0/token`],
      });
      return undefined;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) return refusal(401, "invalid_client", "AADSTS700024: Client assertion is not within its valid time range.");
      if (cause instanceof errors.JWTClaimValidationFailed) return wrongClaim(cause.claim);
      return notRegistered(String(cause).slice(0, 80));
    }
  }
}

/** Numbers of "Troubleshoot ClientAssertionCredential" (Azure SDK, troubleshooting of service principals). */
function wrongClaim(claim: string): SignInAnswer {
  if (claim === "iss" || claim === "sub") return refusal(401, "invalid_client", "AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter.");
  if (claim === "aud") return refusal(401, "invalid_client", "AADSTS700023: Client assertion audience claim does not match Realm issuer.");
  return refusal(401, "invalid_client", "AADSTS700024: Client assertion is not within its valid time range.");
}

function notRegistered(what: string): SignInAnswer {
  return refusal(401, "invalid_client", `AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [${what}]`);
}

function unknownApp(form: URLSearchParams): SignInAnswer {
  return refusal(400, "unauthorized_client", `AADSTS700016: Application with identifier '${form.get("client_id") ?? ""}' was not found in the directory.`);
}

function unknownScope(form: URLSearchParams): SignInAnswer {
  return refusal(400, "invalid_scope", `AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope '${form.get("scope") ?? ""}' is not valid.`);
}

function encoded(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString("base64url");
}

function same(given: string, secret: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}

function refusal(status: number, error: string, description: string): SignInAnswer {
  return { status, json: { error, error_description: description, error_codes: [Number(/AADSTS(\d+)/.exec(description)?.[1] ?? 0)], timestamp: new Date().toISOString(), trace_id: guid(description), correlation_id: guid(error) } };
}
