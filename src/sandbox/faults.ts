import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { ExodusError } from "../core/errors.js";
import type { RequestIds } from "./answers.js";

/** One planned fault. `match` is a regular expression on "METHOD /path?query". */
const Fault = z.strictObject({
  match: z.string(),
  /** Strikes from the n-th match on (1 = the first). */
  nth: z.int().positive().default(1),
  /** How many times. */
  times: z.int().positive().default(1),
  /** Without action: "answer" where there is a status, else "delay". "truncate" and "delay" let the request go on. */
  action: z.enum(["answer", "reset", "truncate", "html", "delay"]).optional(),
  status: z.int().min(100).max(599).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** JSON, or text that is sent as it stands. */
  body: z.unknown().optional(),
  delayMs: z.int().nonnegative().default(0),
});
export type Fault = z.input<typeof Fault>;

interface Planned {
  readonly fault: z.output<typeof Fault>;
  readonly pattern: RegExp;
  seen: number;
}

/** Injects faults at chosen places, so that a reader's reaction to each row of the error table can be shown. */
export class Faults {
  readonly #planned: readonly Planned[];

  constructor(faults: readonly Fault[]) {
    this.#planned = faults.map((entry) => ({ fault: Fault.parse(entry), pattern: new RegExp(entry.match), seen: 0 }));
  }

  /** @throws ExodusError SANDBOX_FAILED when the file is no list of faults. */
  static async load(file: string | undefined): Promise<Faults> {
    if (file === undefined) return new Faults([]);
    try {
      return new Faults(JSON.parse(await readFile(file, "utf8")) as Fault[]);
    } catch (cause) {
      throw new ExodusError("SANDBOX_FAILED", { params: { tenant: file, reason: cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause) }, cause });
    }
  }

  /** Says what became of the request: "answered" (nothing is left to do), "truncate" (answer it, but only in part), or undefined. */
  async strike(request: IncomingMessage, response: ServerResponse, url: URL, ids: RequestIds): Promise<"answered" | "truncate" | undefined> {
    const fault = this.#due(`${request.method ?? ""} ${url.pathname}${url.search}`);
    if (fault === undefined) return undefined;
    if (fault.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const action = fault.action ?? (fault.status === undefined ? "delay" : "answer");
    if (action === "delay") return undefined;
    if (action === "truncate") return "truncate";
    if (action === "reset") {
      request.socket.destroy();
      return "answered";
    }
    const html = action === "html";
    const body = fault.body ?? (html ? "<html><body>Bad gateway</body></html>" : { error: { code: "UnknownError", message: "", innerError: { "request-id": ids.server, "client-request-id": ids.client } } });
    const headers = { "content-type": html ? "text/html" : "application/json", "request-id": ids.server, "client-request-id": ids.client, ...fault.headers };
    response.writeHead(fault.status ?? (html ? 502 : 500), headers).end(typeof body === "string" ? body : JSON.stringify(body));
    return "answered";
  }

  /** Every fault counts its own matches; the first that is due strikes. */
  #due(line: string): Planned["fault"] | undefined {
    let due: Planned["fault"] | undefined;
    for (const planned of this.#planned) {
      if (!planned.pattern.test(line)) continue;
      planned.seen += 1;
      const { nth, times } = planned.fault;
      if (planned.seen >= nth && planned.seen < nth + times) due ??= planned.fault;
    }
    return due;
  }
}
