import { asExodusError, ExodusError } from "../../core/errors.js";
import { backoffMs, pause } from "../../lib/backoff.js";
import { PATIENCE_MS, throttledDelay } from "../../lib/retry.js";
import type { GraphClient, RequestOptions } from "../client/client.js";

/** A file, or one of its versions, as far as its bytes go. */
export interface Content {
  /** Path of the item or version; its content stands below, at `/content`. */
  readonly path: string;
  /** Length that the item tells; what is served may differ (OneDrive/onedrive-api-docs#492 and #927, rclone/rclone#2036). */
  readonly size: number | undefined;
  /** Download address that came with the item. */
  readonly address: string | undefined;
}

/** Times in a row that a transfer may break off without a byte more than the one before. */
const RESUMES = 8;
/** Refusals by fresh addresses before the file itself is taken for refused: an expired address and a forbidden file are answered alike. */
const REFUSALS = 2;
/** Times that a length other than the item's is taken for somebody else's answer; after that it is the file's. */
const DOUBTS = 2;

/**
 * Content by its pre-authenticated address (api-reference/v1.0/api/driveitem-get-content), asked for again when it expires, resumed where a transfer was cut. What
 * Graph itself refuses is final; what the address refuses is its age, unless it names malware.
 */
export async function* contentBytes(client: GraphClient, content: Content, request: RequestOptions): AsyncIterable<Uint8Array> {
  let url = content.address;
  let [at, start, idle, throttles, waited, doubts, refusals] = [0, 0, 0, 0, 0, 0, 0];
  for (;;) {
    url ??= await freshAddress(client, content.path, request);
    try {
      start = at;
      const doubtful = content.size !== undefined && doubts < DOUBTS;
      for await (const chunk of client.download(url, { ...request, from: at, ...(doubtful ? { size: content.size } : {}) })) {
        at += chunk.length;
        refusals = 0;
        yield chunk;
      }
      // An answer that ends well is whole.
      return;
    } catch (thrown) {
      const error = asExodusError(thrown);
      request.signal.throwIfAborted();
      if (error.code === "GRAPH_FOREIGN") doubts += 1;
      const refused = ["GRAPH_TOKEN", "GRAPH_CONSENT", "GRAPH_NOT_FOUND"].includes(error.code);
      if (refused) refusals += 1;
      if (refusals > REFUSALS) throw new ExodusError("GRAPH_REFUSED", { params: error.params, cause: error });
      idle = at > start ? 0 : idle + 1;
      let delay: number;
      if (error.errorClass === "throttled" && waited < PATIENCE_MS) {
        delay = throttledDelay(error.retryAfterMs, throttles);
        throttles += 1;
        waited += delay;
        idle = 0;
      } else if (idle <= RESUMES && (refused || error.errorClass === "retryable")) {
        delay = error.retryAfterMs ?? backoffMs(idle);
      } else throw thrown;
      url = undefined;
      await pause(delay, request.signal);
    }
  }
}

async function freshAddress(client: GraphClient, path: string, request: RequestOptions): Promise<string> {
  const address = await client.location(`${path}/content`, request);
  if (address === undefined) throw new ExodusError("GRAPH_SHAPE", { params: { path: "content", reason: "no redirect to a download address" } });
  return address;
}
