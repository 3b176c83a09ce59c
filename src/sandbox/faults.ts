import type { IncomingMessage, ServerResponse } from "node:http";

/** One planned fault. `match` is a regular expression on "METHOD /path?query". */
export interface Fault {
  readonly match: string;
  /** Strikes from the n-th match on (1 = the first). */
  readonly nth?: number;
  /** How many times; 1 when absent. */
  readonly times?: number;
  readonly action?: "answer" | "reset" | "truncate" | "html";
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly delayMs?: number;
}

/** Injects faults at chosen places, so that a reader's reaction to each row of the error table can be shown. */
export class Faults {
  readonly #seen = new Map<Fault, number>();
  readonly #cutting = new WeakSet<IncomingMessage>();

  constructor(private readonly faults: readonly Fault[]) {}

  /** Answers true when the fault has dealt with the request. */
  async strike(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const line = `${request.method ?? ""} ${url.pathname}${url.search}`;
    const fault = this.faults.find((entry) => new RegExp(entry.match).test(line) && this.#due(entry));
    if (fault === undefined) return false;
    if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    switch (fault.action ?? (fault.status === undefined ? "delay" : "answer")) {
      case "reset":
        request.socket.destroy();
        return true;
      case "truncate":
        this.#cutting.add(request);
        return false;
      case "html":
        response.writeHead(fault.status ?? 502, { "content-type": "text/html", ...fault.headers }).end("<html><body>Bad gateway</body></html>");
        return true;
      case "answer":
        response.writeHead(fault.status ?? 500, { "content-type": "application/json", "request-id": "fault", ...fault.headers }).end(JSON.stringify(fault.body ?? { error: { code: "UnknownError", message: "" } }));
        return true;
      default:
        return false;
    }
  }

  truncate(request: IncomingMessage, _url: URL): boolean {
    return this.#cutting.has(request);
  }

  #due(fault: Fault): boolean {
    const seen = (this.#seen.get(fault) ?? 0) + 1;
    this.#seen.set(fault, seen);
    const first = fault.nth ?? 1;
    return seen >= first && seen < first + (fault.times ?? 1);
  }
}
