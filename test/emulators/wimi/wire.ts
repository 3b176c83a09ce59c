import type { ServerResponse } from "node:http";

/** A request as its envelope tells it. */
export interface Asked {
  readonly target: string;
  readonly identification: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
}

/** In `body.error`; only "Unauthorized" and "Bad Request" are the source's words, others are this emulator's. */
export class Refusal extends Error {
  constructor(readonly str: string, readonly id?: number) {
    super(str);
  }
}

/** What no source describes. */
export class Undescribed extends Error {}

export const askedOf = (text: string): Asked => {
  const { header = {}, body = {} } = JSON.parse(text) as { header?: Record<string, unknown>; body?: { data?: unknown } };
  const { target, identification } = header;
  return { target: String(target), identification: (identification ?? {}) as Record<string, unknown>, data: (body.data ?? {}) as Record<string, unknown>, header };
};

/** "The response target is the request target + .info"; the message key comes back, other parts of the header are the request's (vendor's page). */
export function say(response: ServerResponse, { header, target }: Asked, body: { readonly data: object } | { readonly error: object }, token?: string): void {
  const { auth: _auth, token: _token, ...told } = header;
  const answered = { ...told, target: `${target}.info`, ...(token === undefined ? {} : { token }) };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ header: answered, body }));
}

/** A page of a proxy, or of maintenance. */
export function page(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/html", connection: "close" }).end("<!DOCTYPE html><html><body>Maintenance en cours</body></html>");
}
