import type { ServerResponse } from "node:http";

/** A refusal in the form of drf-standardized-errors (core/api/__init__.py). */
export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string, readonly attr: string | null = null) {
    super(detail);
  }
}

export const NOT_FOUND = new Refusal(404, "not_found", "Not found.");
export const FORBIDDEN = new Refusal(403, "permission_denied", "You do not have permission to perform this action.");

export function refuse(response: ServerResponse, { status, code, detail, attr }: Refusal): void {
  // An exception that nobody catches is Django's page.
  if (status === 500) response.writeHead(500, { "content-type": "text/html" }).end("<h1>Server Error (500)</h1>");
  else say(response, status, { type: status === 400 ? "validation_error" : "client_error", errors: [{ code, detail, attr }] });
}

export function say(response: ServerResponse, status: number, body: object | undefined): void {
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Amazon S3 API Reference, "Error responses". */
export function refuseObject(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "content-type": "application/xml", connection: "close" }).end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
