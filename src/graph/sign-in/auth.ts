import { createHash, X509Certificate } from "node:crypto";
import { ConfidentialClientApplication, type Configuration } from "@azure/msal-node";
import type { Dispatcher } from "undici";
import { ExodusError } from "../../core/errors.js";
import { federationError, signInError } from "./auth-errors.js";
import { networkModule } from "./network.js";
import { pemOfPfx, type PemPair } from "./pkcs12.js";
import { sharedToken } from "./shared-token.js";

export type Credential =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "certificate"; readonly certificatePem: string; readonly privateKeyPem: string }
  | { readonly kind: "pfx"; readonly pfx: Uint8Array; readonly passphrase: string }
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

/** Whoever reads: an application by itself, or for the person who signed in. */
export interface Auth {
  /** A token that is good now; renewed by MSAL before it expires. `refused`: one that Graph answered with 401, for which a new one is fetched once for all. */
  token(refused?: string): Promise<string>;
  /** Milliseconds that this machine's clock goes ahead of the sign-in's, as its last answer told; 0 before. */
  readonly driftMs?: number;
}

/** App-only sign-in (OAuth 2.0 client credentials, Microsoft identity platform v2.0). */
export function createAuth(options: AuthOptions): Auth {
  const { authority, graphRoot, tenantId, clientId } = options;
  let application: ConfidentialClientApplication | undefined;
  let driftMs = 0;
  const shared = sharedToken(async (fresh) => {
    try {
      application ??= applicationOf(options, (date) => { driftMs = Date.now() - date; });
      const answer = await application.acquireTokenByClientCredential({ scopes: [`${graphRoot}/.default`], skipCache: fresh });
      if (answer === null) throw new ExodusError("AUTH_FAILED", { params: { reason: "no token" } });
      return answer.accessToken;
    } catch (thrown) {
      if (thrown instanceof ExodusError) throw thrown;
      const error = signInError(thrown, { tenantId, clientId, authority }, driftMs);
      throw options.credential.kind === "federated" ? await federationError(error, clientId, options.credential.token) : error;
    }
  });
  return { token: shared.token, get driftMs() { return driftMs; } };
}

function applicationOf({ authority, tenantId, clientId, credential, dispatcher }: AuthOptions, onDate: (date: number) => void): ConfidentialClientApplication {
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${authority}/${encodeURIComponent(tenantId)}`,
      // Named authorities are not looked up at Microsoft's instance discovery, which a sovereign cloud or the sandbox is not part of.
      knownAuthorities: [new URL(authority).host],
      ...proofOf(credential, clientId),
    },
    system: { networkClient: networkModule(dispatcher, onDate) },
  });
}

function proofOf(credential: Credential, clientId: string): Partial<Configuration["auth"]> {
  switch (credential.kind) {
    case "secret": return { clientSecret: credential.secret };
    case "certificate": return { clientCertificate: certificateOf(credential, clientId) };
    case "pfx": return { clientCertificate: certificateOf(pairOf(credential, clientId), clientId) };
    case "federated": return { clientAssertion: () => credential.token() };
  }
}

function pairOf({ pfx, passphrase }: Extract<Credential, { kind: "pfx" }>, clientId: string): PemPair {
  try {
    return pemOfPfx(pfx, passphrase);
  } catch (cause) {
    throw new ExodusError("AUTH_CERTIFICATE", { params: { clientId, reason: cause instanceof Error ? cause.message : String(cause) }, cause });
  }
}

function certificateOf(credential: PemPair, clientId: string): { thumbprintSha256: string; privateKey: string } {
  try {
    const { raw } = new X509Certificate(credential.certificatePem);
    return { thumbprintSha256: createHash("sha256").update(raw).digest("hex"), privateKey: credential.privateKeyPem };
  } catch (cause) {
    throw new ExodusError("AUTH_CERTIFICATE", { params: { clientId, reason: "not a PEM certificate" }, cause });
  }
}
