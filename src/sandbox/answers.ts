import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What a route answers: JSON, bytes, or a redirect. */
export type Answer =
  | { readonly json: object; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly stream: AsyncIterable<Uint8Array> | undefined; readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** An error in Graph's form (concepts/errors): `{"error":{"code","message","innerError"}}`. */
export class GraphRefusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}

export function notFound(code: string, what: string): GraphRefusal {
  return new GraphRefusal(404, code, `The specified object was not found in the store. ${what}`);
}

/** Writes an answer; every one carries the ids that Microsoft's support asks for. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const clientId = request.headers["client-request-id"];
  response.setHeader("request-id", randomUUID());
  if (typeof clientId === "string") response.setHeader("client-request-id", clientId);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if ("json" in answer) {
    const text = JSON.stringify(answer.json);
    response.writeHead(answer.status ?? 200, { "content-type": "application/json; odata.metadata=minimal; charset=utf-8", "content-length": Buffer.byteLength(text) });
    response.end(text);
    return;
  }
  response.writeHead(answer.status);
  if (answer.stream !== undefined) {
    for await (const chunk of answer.stream) {
      if (response.destroyed) return;
      if (!response.write(chunk)) await new Promise<void>((resolve) => { response.once("drain", resolve); response.once("close", resolve); });
    }
  }
  response.end();
}

export function refusalAnswer(refusal: GraphRefusal): Answer {
  const id = randomUUID();
  return {
    status: refusal.status, headers: refusal.headers,
    json: { error: { code: refusal.code, message: refusal.message, innerError: { date: new Date().toISOString().slice(0, 19), "request-id": id, "client-request-id": id } } },
  };
}
