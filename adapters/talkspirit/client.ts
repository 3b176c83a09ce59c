import { ExodusError } from "../../src/core/errors.js";
import type { ErrorCode } from "../../src/core/errors/catalog.js";
import { HttpClient, type HttpAccess, type HttpAnswer } from "../../src/drivers/http/client.js";
import { leavesOpen, mayHaveArrived, OWN_CONNECTION, UNDONE } from "../../src/drivers/http/lost-answers.js";
import { refusalCode } from "../../src/drivers/http/refusal-codes.js";
import { retryAfterMs } from "../../src/lib/backoff.js";
import type { Webhook } from "./webhooks.js";

/** What the vendor's examples send (_docs/incoming-webhooks.md); comments need no title. */
export interface WebhookPost {
  readonly title?: string;
  readonly content: string;
  readonly url?: string;
  /** Any word of the sender's: the first call with it is a post, those that follow are its comments. */
  readonly thread_id: string;
  readonly contact: { readonly display_name: string; readonly url?: string; readonly icon?: string };
}

/** Calls to incoming webhooks. Whatever may have been taken for all its failing is told by TARGET_UNSURE; any other error means that nothing arrived. */
export class WebhookClient {
  readonly #http: HttpClient;

  constructor(private readonly access: HttpAccess) {
    this.#http = new HttpClient(access, 1);
  }

  /** `ref`: by which people find the post, for messages. */
  async send({ name, address }: Required<Webhook> & { readonly address: URL }, post: WebhookPost, ref: string, signal: AbortSignal): Promise<void> {
    const headers = { "content-type": "application/json", ...OWN_CONNECTION };
    try {
      await this.#http.send("POST", address, { headers, body: JSON.stringify(post), signal }, (answer) => {
        if (answer.status < 200 || answer.status >= 300) throw this.#refusal(answer, name, ref);
        return Promise.resolve();
      });
    } catch (thrown) {
      if (!mayHaveArrived(thrown)) throw thrown;
      throw this.#error("TARGET_UNSURE", name, `${String(thrown.params["reason"] ?? thrown.code)}, ref. ${ref}`);
    }
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #refusal({ status, header }: HttpAnswer, name: string, ref: string): ExodusError {
    const wait = retryAfterMs(header("retry-after"), Date.now());
    const unsure = leavesOpen(status);
    return this.#error(unsure ? "TARGET_UNSURE" : codeOf(status), name, `HTTP ${status}${unsure ? `, ref. ${ref}` : ""}`, wait);
  }

  #error(code: ErrorCode, container: string, reason: string, wait?: number): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, container, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) });
  }
}

/** Where it is refused whatever is sent, the webhook is gone or was never there. */
function codeOf(status: number): ErrorCode {
  return status < 400 || [401, 403, 404, 405, 410].includes(status) ? "TARGET_WEBHOOK" : UNDONE[status] ?? refusalCode(status);
}
