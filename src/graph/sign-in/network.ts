import { AuthError, type INetworkModule, type NetworkRequestOptions, type NetworkResponse } from "@azure/msal-node";
import { request, type Dispatcher } from "undici";

/** MSAL's door to the network, so that `tls.caFile` and the proxy serve sign-in as they serve Graph. `onDate`: told what the answers say of the time. */
export function networkModule(dispatcher: Dispatcher, onDate: (date: number) => void): INetworkModule {
  const send = async <T>(method: "GET" | "POST", url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> => {
    const answer = await request(url, { method, dispatcher, headers: options?.headers ?? {}, body: options?.body ?? null });
    const date = Date.parse(String(answer.headers["date"]));
    if (!Number.isNaN(date)) onDate(date);
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.statusCode, headers, body: (await answer.body.json()) as T };
  };
  return { sendGetRequestAsync: (url, options) => send("GET", url, options), sendPostRequestAsync: (url, options) => send("POST", url, options) };
}

/** The word for a person who has not answered yet ("OAuth 2.0 device authorization grant", Expected errors). */
const PENDING = "authorization_pending";

/**
 * The same for the device code. MSAL for Node shows a code that a refused `/devicecode` never gave, and keeps only the first word of a refusal while it polls:
 * refusals are thrown here with their description. A poll that breaks is asked again after the interval, as RFC 8628 section 3.5 wants, until the code expires.
 */
export function deviceNetwork(module: INetworkModule): INetworkModule {
  return {
    sendGetRequestAsync: (url, options) => module.sendGetRequestAsync(url, options),
    async sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
      const poll = /(?:^|&)device_code=/.test(options?.body ?? "");
      if (!poll && !new URL(url).pathname.endsWith("/devicecode")) return module.sendPostRequestAsync<T>(url, options);
      const answer = await (poll ? polled<T>(module, url, options) : module.sendPostRequestAsync<T>(url, options));
      const { error, error_description: description } = answer.body as { readonly error?: string; readonly error_description?: string };
      if (error !== undefined && error !== PENDING) throw new AuthError(error, "", description);
      return answer;
    },
  };
}

async function polled<T>(module: INetworkModule, url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
  const pending = { status: 400, headers: {}, body: { error: PENDING } as T };
  const answer = await module.sendPostRequestAsync<T>(url, options).catch(() => pending);
  return answer.status >= 500 ? pending : answer;
}
