import { createHash, X509Certificate } from "node:crypto";
import { AuthError, ConfidentialClientApplication, type Configuration, type INetworkModule, type NetworkRequestOptions, type NetworkResponse } from "@azure/msal-node";
import { decodeJwt, errors } from "jose";
import { request, type Dispatcher } from "undici";
import type { ErrorCode } from "../core/errors/catalog.js";
import { ExodusError } from "../core/errors.js";

export type Credential =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "certificate"; readonly certificatePem: string; readonly privateKeyPem: string }
  /** Workload identity federation: a token that the CI system or cluster issues to this job, read anew at each sign-in since it is rotated. */
  | { readonly kind: "federated"; token(): Promise<string> };

export interface AuthOptions {
  readonly authority: string;
  readonly graphRoot: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: Credential;
  readonly dispatcher: Dispatcher;
}

/** App-only sign-in (OAuth 2.0 client credentials, Microsoft identity platform v2.0). */
export interface Auth {
  /** A token that is good now; renewed by MSAL before it expires. `refused`: one that Graph answered with 401, for which a new one is fetched once for all. */
  token(refused?: string): Promise<string>;
}

/** First AADSTS numbers of an error → our code ("Microsoft Entra authentication and authorization error codes"). */
const AADSTS: readonly (readonly [string, ErrorCode])[] = [
  ["AADSTS90002", "AUTH_TENANT"], ["AADSTS900023", "AUTH_TENANT"], ["AADSTS700016", "AUTH_CLIENT"], ["AADSTS7000215", "AUTH_SECRET"],
  ["AADSTS7000222", "AUTH_SECRET"], ["AADSTS700027", "AUTH_CERTIFICATE"], ["AADSTS700024", "AUTH_CERTIFICATE"], ["AADSTS1000502", "AUTH_CERTIFICATE"],
  // "No matching federated identity record", by issuer, audience, subject, and twice for a difference of case only.
  ["AADSTS70021", "AUTH_FEDERATION"], ["AADSTS700211", "AUTH_FEDERATION"], ["AADSTS700212", "AUTH_FEDERATION"], ["AADSTS700213", "AUTH_FEDERATION"],
  ["AADSTS7002137", "AUTH_FEDERATION"], ["AADSTS7002138", "AUTH_FEDERATION"], ["AADSTS50013", "AUTH_FEDERATION"],
];

export function createAuth(options: AuthOptions): Auth {
  const { authority, graphRoot, tenantId, clientId } = options;
  let application: ConfidentialClientApplication | undefined;
  return sharedToken(async (fresh) => {
    try {
      application ??= applicationOf(options);
      const answer = await application.acquireTokenByClientCredential({ scopes: [`${graphRoot}/.default`], skipCache: fresh });
      if (answer === null) throw new ExodusError("AUTH_FAILED", { params: { reason: "no token" } });
      return answer.accessToken;
    } catch (thrown) {
      if (thrown instanceof ExodusError) throw thrown;
      const error = signInError(thrown, { tenantId, clientId, authority });
      throw options.credential.kind === "federated" ? await federationError(error, clientId, options.credential.token) : error;
    }
  });
}

/** Many requests need a token at the same moment, and meet the same expired one: `acquire` runs once for all of them. */
export function sharedToken(acquire: (fresh: boolean) => Promise<string>): Auth {
  const running = new Map<boolean, Promise<string>>();
  let last: string | undefined;
  const once = (fresh: boolean): Promise<string> => {
    const known = running.get(fresh);
    if (known !== undefined) return known;
    const started = acquire(fresh).then((token) => (last = token)).finally(() => running.delete(fresh));
    running.set(fresh, started);
    return started;
  };
  return { token: (refused) => once(refused !== undefined && refused === last) };
}

function applicationOf({ authority, tenantId, clientId, credential, dispatcher }: AuthOptions): ConfidentialClientApplication {
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${authority}/${encodeURIComponent(tenantId)}`,
      // Named authorities are not looked up at Microsoft's instance discovery, which a sovereign cloud or the sandbox is not part of.
      knownAuthorities: [new URL(authority).host],
      ...proofOf(credential, clientId),
    },
    system: { networkClient: networkModule(dispatcher) },
  });
}

function proofOf(credential: Credential, clientId: string): Partial<Configuration["auth"]> {
  switch (credential.kind) {
    case "secret": return { clientSecret: credential.secret };
    case "certificate": return { clientCertificate: certificateOf(credential, clientId) };
    case "federated": return { clientAssertion: () => credential.token() };
  }
}

/** Says what the refused token claims to be, since each claim must match the registration exactly; claims are no secret, the token is. */
async function federationError(error: ExodusError, clientId: string, token: () => Promise<string>): Promise<ExodusError> {
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

function certificateOf(credential: Extract<Credential, { kind: "certificate" }>, clientId: string): { thumbprintSha256: string; privateKey: string } {
  try {
    const { raw } = new X509Certificate(credential.certificatePem);
    return { thumbprintSha256: createHash("sha256").update(raw).digest("hex"), privateKey: credential.privateKeyPem };
  } catch (cause) {
    throw new ExodusError("AUTH_CERTIFICATE", { params: { clientId, reason: "not a PEM certificate" }, cause });
  }
}

/** MSAL's door to the network, so that `tls.caFile` and the proxy serve sign-in as they serve Graph. */
function networkModule(dispatcher: Dispatcher): INetworkModule {
  const send = async <T>(method: "GET" | "POST", url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> => {
    const answer = await request(url, { method, dispatcher, headers: options?.headers ?? {}, body: options?.body ?? null });
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.statusCode, headers, body: (await answer.body.json()) as T };
  };
  return { sendGetRequestAsync: (url, options) => send("GET", url, options), sendPostRequestAsync: (url, options) => send("POST", url, options) };
}

function signInError(thrown: unknown, params: { tenantId: string; clientId: string; authority: string }): ExodusError {
  const text = thrown instanceof Error ? `${thrown.message} ${thrown.cause instanceof Error ? thrown.cause.message : ""}` : String(thrown);
  const known = AADSTS.find(([number]) => new RegExp(`${number}\\b`).test(text));
  if (known !== undefined) return new ExodusError(known[1], { params: { ...params, reason: known[0] }, cause: thrown });
  if (/PEM|private key|DECODER|asn1|invalid key/i.test(text)) return new ExodusError("AUTH_CERTIFICATE", { params: { ...params, reason: "the private key cannot be read" }, cause: thrown });
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  const network = !(thrown instanceof AuthError) || /network|endpoints_resolution|ECONN|ENOTFOUND|certificate|self.signed/i.test(text);
  const reason = text.replace(/\s+/g, " ").slice(0, 200);
  if (/endpoints_resolution|openid_config/i.test(text) && !/ECONN|ENOTFOUND|certificate|fetch failed/i.test(text)) return new ExodusError("AUTH_TENANT", { params, cause: thrown });
  return new ExodusError(network ? "AUTH_UNREACHABLE" : "AUTH_FAILED", { params: { ...params, reason: code === "" ? reason : `${code} ${reason}` }, cause: thrown });
}
