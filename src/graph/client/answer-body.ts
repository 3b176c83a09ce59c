import { ExodusError } from "../../core/errors.js";

/**
 * Bytes of JSON that are held at once. What is asked for stays far below: a page of 500 messages without text is a megabyte, an attachment that comes inside of JSON 14
 * (10 MB in base64). A page over it is asked for with fewer rows where its reader can.
 */
const JSON_BYTES = 64 * 1024 * 1024;
/** Graph's own resources nest some ten levels. Programs that walk values by recursion, V8's JSON.stringify among them, end at a few thousand. */
const JSON_LEVELS = 256;
/** Of an answer that is an error or no Graph's, this much is looked at. */
const HEAD_BYTES = 64 * 1024;

type Body = AsyncIterable<Uint8Array> | null;

/**
 * The value of a JSON answer; `body` is read to the end, or broken off.
 * @throws ExodusError GRAPH_OVERSIZED for one that is larger or nested deeper than anything that Graph tells; GRAPH_TRUNCATED for one that is cut, GRAPH_FOREIGN for one that is no JSON.
 */
export async function jsonBody<T>(body: Body, path: string): Promise<T> {
  const text = await wholeText(body, path);
  if (deeper(text, JSON_LEVELS)) throw oversized(path, `${JSON_LEVELS} levels`);
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    // A body cut in the middle, or that is no JSON at all, is a passing fault.
    throw /^\s*[{[]/.test(text) ? new ExodusError("GRAPH_TRUNCATED", { params: { path }, cause }) : foreign(path, text);
  }
}

/** The beginning of an answer, for what its error or its page says; the rest is not read. */
export async function bodyHead(body: Body): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= HEAD_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, HEAD_BYTES));
}

/** What something else than Graph answered. */
export function foreign(path: string, text: string): ExodusError {
  const title = /<title[^<>]*>([^<]*)/i.exec(text.slice(0, HEAD_BYTES))?.[1] ?? text;
  return new ExodusError("GRAPH_FOREIGN", { params: { path, reason: title.slice(0, 80).replace(/\s+/g, " ").trim() } });
}

async function wholeText(body: Body, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    // Leaving the loop ends the connection: nothing more is taken in.
    if (bytes > JSON_BYTES) throw oversized(path, `${JSON_BYTES / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function deeper(text: string, most: number): boolean {
  let [depth, quoted] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

function oversized(path: string, limit: string): ExodusError {
  return new ExodusError("GRAPH_OVERSIZED", { params: { path, limit } });
}
