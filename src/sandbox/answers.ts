import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What a route answers: JSON, bytes, or a redirect. */
export type Answer =
  | { readonly json: object; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | {
    readonly stream: AsyncIterable<Uint8Array> | undefined; readonly status: number; readonly headers: Readonly<Record<string, string>>;
    /** Somebody on the way answers, not Graph: without Graph's ids. */
    readonly foreign?: boolean;
  };

/** An error in Graph's form (concepts/errors): `{"error":{"code","message","innerError"}}`. */
export class GraphRefusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }

  with(headers: Readonly<Record<string, string>>): GraphRefusal {
    return new GraphRefusal(this.status, this.code, this.message, { ...headers, ...this.headers });
  }
}

export function notFound(code: string, what: string): GraphRefusal {
  return new GraphRefusal(404, code, `The specified object was not found in the store. ${what}`);
}

/** The two ids that Microsoft's support asks for; the client's own stands for both when it gave one. */
export interface RequestIds {
  readonly server: string;
  readonly client: string;
}

export function idsOf(request: IncomingMessage): RequestIds {
  const [server, told] = [randomUUID(), request.headers["client-request-id"]];
  return { server, client: typeof told === "string" && told !== "" ? told : server };
}

/** A whole file, or the part of it that a single `Range` asks for (RFC 9110 section 14); several ranges are ignored, as the RFC allows. */
export async function fileAnswer(file: string, headers: Readonly<Record<string, string>>, range?: string): Promise<Answer> {
  const { size } = await stat(file);
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  const [first = "", last = ""] = asked?.slice(1) ?? [];
  if (asked === null || (first === "" && last === "") || (first !== "" && last !== "" && Number(last) < Number(first))) {
    return { status: 200, headers: { ...headers, "content-length": String(size) }, stream: size === 0 ? undefined : createReadStream(file) };
  }
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw new GraphRefusal(416, "invalidRange", "The requested range is not satisfiable.", { "content-range": `bytes */${size}` });
  return { status: 206, headers: { ...headers, "content-length": String(end - start + 1), "content-range": `bytes ${start}-${end}/${size}` }, stream: createReadStream(file, { start, end }) };
}

/** Bytes that are in memory. */
export function bytesAnswer(bytes: Uint8Array, contentType: string): Answer {
  return { status: 200, headers: { "content-type": contentType, "content-length": String(bytes.length) }, stream: one(bytes) };
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Writes an answer. A truncated one announces its whole length and ends in the middle. */
export async function send(response: ServerResponse, answer: Answer, ids: RequestIds, truncated = false): Promise<void> {
  if (!("foreign" in answer && answer.foreign === true)) response.setHeader("request-id", ids.server).setHeader("client-request-id", ids.client);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  let stream: AsyncIterable<Uint8Array> | undefined;
  if ("json" in answer) {
    const bytes = Buffer.from(JSON.stringify(answer.json));
    response.setHeader("content-type", "application/json; odata.metadata=minimal; charset=utf-8");
    response.setHeader("content-length", bytes.length);
    stream = one(bytes);
  } else {
    stream = answer.stream;
  }
  response.writeHead(answer.status ?? 200);
  for await (const chunk of stream ?? []) {
    if (response.destroyed) return;
    const shown = truncated ? chunk.subarray(0, chunk.length >> 1) : chunk;
    if (!response.write(shown)) await drained(response);
    if (truncated) {
      // The bytes written so far must leave before the connection breaks.
      setImmediate(() => response.destroy());
      return;
    }
  }
  response.end();
}

/** A header's name as servers write it: "Retry-After". */
export function titled(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Resolves when the response takes more, or will never again; leaves no listener behind. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

export function refusalAnswer({ status, headers, code, message }: GraphRefusal, ids: RequestIds): Answer {
  const innerError = { date: new Date().toISOString().slice(0, 19), "request-id": ids.server, "client-request-id": ids.client };
  return { status, headers, json: { error: { code, message, innerError } } };
}
