import { AuthenticationHandler, AuthenticationHandlerOptions, Client, HTTPMessageHandler, ResponseType } from "@microsoft/microsoft-graph-client";
import type { Dispatcher } from "undici";
import { ExactAddress, StampHandler } from "./middleware.js";

export interface ExchangeOptions {
  readonly graphRoot: string;
  readonly userAgent: string;
  readonly dispatcher: Dispatcher;
}

export interface Exchanged {
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly redirect?: "follow" | "manual";
  /** Sent as JSON, by POST; else GET. */
  readonly body?: object;
}

/** One request to an exact address and its answer, whatever its status. Throws what broke the connection, not what the library makes of it. */
export type Exchange = (url: string, request: Exchanged) => Promise<Response>;

/** The library brings protocol and token handling; its own retry and redirect handlers are left out, since the governor owns retries. */
export function createExchange({ graphRoot, userAgent, dispatcher }: ExchangeOptions): Exchange {
  const client = Client.initWithMiddleware({
    baseUrl: graphRoot, defaultVersion: "v1.0", customHosts: new Set([new URL(graphRoot).hostname]),
    middleware: chain(userAgent), fetchOptions: { dispatcher } as unknown as RequestInit,
  });
  return async (url, { token, headers = {}, signal, redirect = "follow", body }) => {
    const exact = new ExactAddress(url);
    const signedIn = new AuthenticationHandlerOptions({ getAccessToken: () => Promise.resolve(token) });
    const request = client.api("/").middlewareOptions([exact, signedIn]).responseType(ResponseType.RAW).options({ signal, redirect }).headers({ ...headers });
    try {
      return (await (body === undefined ? request.get() : request.post(body))) as Response;
    } catch (thrown) {
      throw exact.failure ?? thrown;
    }
  };
}

/** Stamp → token → network. */
function chain(userAgent: string): StampHandler {
  const stamp = new StampHandler(userAgent);
  const authentication = new AuthenticationHandler({ getAccessToken: () => Promise.reject(new Error("every request brings its token")) });
  authentication.setNext(new HTTPMessageHandler());
  stamp.setNext(authentication);
  return stamp;
}
