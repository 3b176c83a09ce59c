import { readFile } from "node:fs/promises";
import { request, type IncomingHttpHeaders } from "node:http";
import { request as secureRequest, type RequestOptions } from "node:https";
import { ExodusError } from "../../core/errors.js";
import type { Ready } from "../server.js";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed when the answer says that it is JSON. */
  readonly json: unknown;
  /** Text of an HTML answer, a page of OneNote. */
  readonly html: string | undefined;
  readonly bytes: number;
}

/** A plain https client of the sandbox: signed in with its secret, no library of the reader's between. */
export class CheckClient {
  private constructor(private readonly ready: Ready, private readonly ca: string, private readonly token: string, private readonly delegated: string) {}

  /** `delegated`: a token of somebody who is signed in, for what the service gives to no application. */
  static async signIn(ready: Ready, delegated: string): Promise<CheckClient> {
    const ca = await readFile(ready.caFile, "utf8");
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: ready.clientId, client_secret: ready.clientSecret, scope: `${ready.graph}/.default` });
    const reply = await exchange(`${ready.authority}/${ready.tenantId}/oauth2/v2.0/token`, { method: "POST", ca, headers: { "content-type": "application/x-www-form-urlencoded" } }, form.toString());
    const token = (reply.json as { access_token?: unknown } | undefined)?.access_token;
    if (typeof token !== "string") throw new ExodusError("SANDBOX_FAILED", { params: { tenant: ready.tenantId, reason: `sign-in answered ${reply.status}` } });
    return new CheckClient(ready, ca, token, delegated);
  }

  /** GET below the version, or of a whole link as given. */
  get(pathOrLink: string, prefer?: string): Promise<Reply> {
    const url = pathOrLink.startsWith("/") ? `${this.ready.graph}/v1.0${pathOrLink}` : pathOrLink;
    return exchange(url, { method: "GET", ca: this.ca, headers: { authorization: `Bearer ${/\/onenote\b/.test(url) ? this.delegated : this.token}`, ...(prefer === undefined ? {} : { prefer }) } });
  }
}

function exchange(url: string, options: RequestOptions, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const open = url.startsWith("https:") ? secureRequest : request;
    const call = open(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const all = Buffer.concat(chunks);
        const isJson = /^application\/json/.test(response.headers["content-type"] ?? "");
        const html = /^text\/html/.test(response.headers["content-type"] ?? "") ? all.toString("utf8") : undefined;
        try {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, json: isJson ? JSON.parse(all.toString("utf8")) : undefined, html, bytes: all.length });
        } catch (cause) {
          reject(cause instanceof Error ? cause : new ExodusError("INTERNAL", { params: { message: String(cause) } }));
        }
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}
