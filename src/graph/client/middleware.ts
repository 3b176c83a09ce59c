import { randomUUID } from "node:crypto";
import type { Context, Middleware, MiddlewareOptions } from "@microsoft/microsoft-graph-client";

/** Address of the request exactly as Graph gave it: links are opaque, and the client's own builder would take them apart. */
export class ExactAddress implements MiddlewareOptions {
  /** What broke the request, before the client wraps it in an error of its own that names neither code nor cause. */
  failure: unknown;

  constructor(readonly url: string) {}
}

/**
 * First of the chain: exact addresses, request ids, and a User-Agent that names us as SharePoint asks
 * ("Avoid getting throttled or blocked in SharePoint Online", decorate your traffic: `NONISV|Company|App/Version`).
 */
export class StampHandler implements Middleware {
  #next: Middleware | undefined;

  constructor(private readonly userAgent: string) {}

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const exact = context.middlewareControl?.getMiddlewareOptions(ExactAddress) as ExactAddress | undefined;
    if (exact !== undefined) context.request = exact.url;
    const headers = { ...(context.options?.headers as Record<string, string> | undefined), "client-request-id": randomUUID(), "User-Agent": this.userAgent };
    context.options = { ...context.options, headers };
    try {
      await this.#next?.execute(context);
    } catch (thrown) {
      if (exact !== undefined) exact.failure = thrown;
      throw thrown;
    }
  }
}
