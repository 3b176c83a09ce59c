import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { decodeProtectedHeader, importX509, jwtVerify, SignJWT } from "jose";
import type { TenantStore } from "./tenant/store.js";
import { guid } from "./tenant/store.js";

export const ALL_ROLES: readonly string[] = [
  "User.Read.All", "Group.Read.All", "Mail.Read", "MailboxSettings.Read", "Calendars.Read", "Contacts.Read", "Files.Read.All", "Sites.Read.All",
];

export interface SignInAnswer {
  readonly status: number;
  readonly json: object;
}

/** The identity platform's part: OpenID discovery and client-credentials tokens (Microsoft identity platform v2.0, "Client credentials flow"). */
export class SignIn {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly #key = randomBytes(32);
  /** Tokens signed before this instant (seconds) are answered as expired. */
  #notBefore = 0;

  constructor(private readonly store: TenantStore, private readonly certificatePem: string, private readonly lifetimeSeconds = 3600) {
    this.clientId = store.tenant.clientId ?? guid(`client ${store.tenantId}`);
    this.clientSecret = store.tenant.clientSecret ?? randomBytes(24).toString("base64url");
  }

  /** `/{tenant}/v2.0/.well-known/openid-configuration`. */
  discovery(root: string, tenant: string): SignInAnswer {
    if (!this.#isTenant(tenant)) return refusal(400, "invalid_tenant", `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`);
    const base = `${root}/${this.store.tenantId}`;
    return {
      status: 200,
      json: {
        token_endpoint: `${base}/oauth2/v2.0/token`, authorization_endpoint: `${base}/oauth2/v2.0/authorize`, issuer: `${base}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"], response_types_supported: ["code"], subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
      },
    };
  }

  async token(root: string, tenant: string, form: URLSearchParams): Promise<SignInAnswer> {
    if (!this.#isTenant(tenant)) return refusal(400, "invalid_request", `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`);
    if (form.get("grant_type") !== "client_credentials") return refusal(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
    if (form.get("client_id") !== this.clientId) return refusal(400, "unauthorized_client", `AADSTS700016: Application with identifier '${form.get("client_id") ?? ""}' was not found in the directory.`);
    const denied = await this.#denied(root, tenant, form);
    if (denied !== undefined) return denied;
    if (!(form.get("scope") ?? "").split(" ").includes(`${root}/.default`)) return refusal(400, "invalid_scope", "AADSTS70011: The provided request must include a 'scope' input parameter of the form {resource}/.default.");
    const access = await new SignJWT({ roles: this.store.tenant.grantedRoles ?? ALL_ROLES, appid: this.clientId, tid: this.store.tenantId })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" }).setIssuedAt().setAudience(root).setExpirationTime(`${this.lifetimeSeconds}s`).sign(this.#key);
    return { status: 200, json: { token_type: "Bearer", expires_in: this.lifetimeSeconds, ext_expires_in: this.lifetimeSeconds, access_token: access } };
  }

  /** Granted permissions of a good token; undefined when it is missing, foreign or expired. */
  async roles(root: string, authorization: string | undefined): Promise<readonly string[] | undefined> {
    const bearer = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
    if (bearer === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(bearer, this.#key, { audience: root });
      return (payload.iat ?? 0) < this.#notBefore ? undefined : (payload["roles"] as string[]);
    } catch {
      // Foreign and expired tokens are answered alike: 401.
      return undefined;
    }
  }

  /** From now on every token given so far is expired. */
  expireTokens(): void {
    this.#notBefore = Math.floor(Date.now() / 1000) + 1;
  }

  #isTenant(tenant: string): boolean {
    return tenant.toLowerCase() === this.store.tenantId.toLowerCase() || tenant.toLowerCase() === this.store.tenant.domain?.toLowerCase();
  }

  async #denied(root: string, tenant: string, form: URLSearchParams): Promise<SignInAnswer | undefined> {
    const assertion = form.get("client_assertion");
    if (assertion === null) {
      if (form.get("client_secret") === this.clientSecret) return undefined;
      return refusal(401, "invalid_client", `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${this.clientId}'.`);
    }
    try {
      const { alg = "RS256", "x5t#S256": thumbprint } = decodeProtectedHeader(assertion) as { alg?: string; "x5t#S256"?: string };
      const own = createHash("sha256").update(new X509Certificate(this.certificatePem).raw).digest("base64url");
      if (thumbprint !== undefined && thumbprint !== own) throw new TypeError("thumbprint");
      await jwtVerify(assertion, await importX509(this.certificatePem, alg), {
        issuer: this.clientId, subject: this.clientId, audience: [`${root}/${tenant}/oauth2/v2.0/token`, `${root}/${this.store.tenantId}/oauth2/v2.0/token`],
      });
      return undefined;
    } catch (cause) {
      return refusal(401, "invalid_client", `AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [${String(cause).slice(0, 80)}]`);
    }
  }
}

function refusal(status: number, error: string, description: string): SignInAnswer {
  return { status, json: { error, error_description: description, error_codes: [Number(/AADSTS(\d+)/.exec(description)?.[1] ?? 0)], timestamp: new Date().toISOString(), trace_id: guid(description), correlation_id: guid(error) } };
}
