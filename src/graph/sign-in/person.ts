import { InteractionRequiredAuthError, PublicClientApplication, ServerError, type AccountInfo, type AuthenticationResult, type DeviceCodeRequest, type ICachePlugin } from "@azure/msal-node";
import type { Dispatcher } from "undici";
import { ExodusError } from "../../core/errors.js";
import type { Auth } from "./auth.js";
import { deviceCodeError, signInError } from "./auth-errors.js";
import { deviceNetwork, networkModule } from "./network.js";
import { sharedToken } from "./shared-token.js";

/** What a person is asked to do: open the page, enter the code, sign in. */
export interface SignInCode {
  readonly userCode: string;
  readonly page: string;
  /** Seconds in which the code can be used. */
  readonly expiresIn: number;
}

/** Where a sign-in is kept from one run to the next: MSAL's cache, whose refresh token is a secret. */
export interface SignInStore {
  /** Undefined: nobody signed in yet. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** How a person signs in. */
export interface PersonSignIn {
  /** Absent: the sign-in lasts as long as the program. */
  readonly kept?: SignInStore | undefined;
  /** Shows the code. Absent: nobody is there to enter it. */
  readonly ask?: ((code: SignInCode) => void) | undefined;
  /** Ends the wait for the person. */
  readonly signal: AbortSignal;
}

export interface PersonAuthOptions extends PersonSignIn {
  readonly authority: string;
  readonly graphRoot: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly dispatcher: Dispatcher;
}

/** A token is renewed when less than this is left, as MSAL does (`tokenRenewalOffsetSeconds`). */
const MARGIN_MS = 300_000;

/**
 * Sign-in of a person by a device code ("Microsoft identity platform and the OAuth 2.0 device authorization grant flow"). Renewed by the refresh token, which
 * lasts 90 days unless it is revoked ("Refresh tokens in the Microsoft identity platform"); then, and where more permissions are wanted, the person is asked anew.
 */
export function createPersonAuth(options: PersonAuthOptions): Auth {
  const { authority, graphRoot, tenantId, clientId, dispatcher } = options;
  const scopes = options.scopes.map((scope) => `${graphRoot}/${scope}`);
  let driftMs = 0;
  let current: AuthenticationResult | undefined;
  const application = new PublicClientApplication({
    auth: { clientId, authority: `${authority}/${encodeURIComponent(tenantId)}`, knownAuthorities: [new URL(authority).host] },
    cache: options.kept === undefined ? {} : { cachePlugin: pluginOf(options.kept) },
    system: { networkClient: deviceNetwork(networkModule(dispatcher, (date) => { driftMs = Date.now() - date; })) },
  });
  const cache = application.getTokenCache();

  async function anew(reason: string): Promise<AuthenticationResult | null> {
    if (options.ask === undefined) throw new ExodusError("AUTH_SIGN_IN_NEEDED", { params: { reason } });
    const former = await cache.getAllAccounts();
    const answer = await askPerson(application, scopes, options.ask, options.signal);
    // One sign-in is kept: it says whose content is read.
    for (const account of former) if (account.homeAccountId !== answer?.account?.homeAccountId) await cache.removeAccount(account);
    return answer;
  }

  async function silently(account: AccountInfo, forceRefresh: boolean): Promise<AuthenticationResult | null> {
    try {
      return await application.acquireTokenSilent({ account, scopes, forceRefresh });
    } catch (thrown) {
      const refused = thrown instanceof InteractionRequiredAuthError || (thrown instanceof ServerError && thrown.errorCode === "invalid_grant");
      if (!refused) throw thrown;
      return anew(thrown.errorMessage.replace(/\s+/g, " ").slice(0, 200));
    }
  }

  const shared = sharedToken(async (fresh) => {
    if (!fresh && current?.expiresOn !== undefined && current.expiresOn !== null && current.expiresOn.getTime() - Date.now() > MARGIN_MS) return current.accessToken;
    try {
      const [account] = await cache.getAllAccounts();
      const answer = account === undefined ? await anew("-") : await silently(account, fresh);
      if (answer === null) throw new ExodusError("AUTH_FAILED", { params: { reason: "no token" } });
      current = answer;
      return answer.accessToken;
    } catch (thrown) {
      if (thrown instanceof ExodusError) throw thrown;
      throw deviceCodeError(thrown, { clientId }) ?? signInError(thrown, { tenantId, clientId, authority }, driftMs);
    }
  });
  return { token: shared.token, get driftMs() { return driftMs; } };
}

/** MSAL looks at `cancel` only between two polls: the wait ends at once, the last poll by itself. */
async function askPerson(application: PublicClientApplication, scopes: string[], ask: (code: SignInCode) => void, signal: AbortSignal): Promise<AuthenticationResult | null> {
  signal.throwIfAborted();
  const wanted: DeviceCodeRequest = { scopes, deviceCodeCallback: ({ userCode, verificationUri, expiresIn }) => ask({ userCode, page: verificationUri, expiresIn }) };
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      wanted.cancel = true;
      reject(new ExodusError("INTERRUPTED"));
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([application.acquireTokenByDeviceCode(wanted), stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function pluginOf(store: SignInStore): ICachePlugin {
  return {
    async beforeCacheAccess(context) {
      const text = await store.read();
      if (text !== undefined) context.tokenCache.deserialize(text);
    },
    async afterCacheAccess(context) {
      if (context.cacheHasChanged) await store.write(context.tokenCache.serialize());
    },
  };
}
