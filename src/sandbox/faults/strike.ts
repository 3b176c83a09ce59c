import { bytesAnswer, refusalAnswer, GraphRefusal, type Answer, type RequestIds } from "../answers.js";
import type { Edit, Strike } from "./plan.js";

const PAGE = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n";

/** What stands in the place of an answer; undefined when the request is to be answered after all. */
export function insteadOf(strike: Strike, ids: RequestIds): Answer | undefined {
  if (strike.action !== "answer" && strike.action !== "html") return undefined;
  const headers = { ...strike.headers, ...retryAfter(strike) };
  if (strike.action === "html" || typeof strike.body === "string") {
    const html = strike.action === "html";
    const page = bytesAnswer(Buffer.from(typeof strike.body === "string" ? strike.body : PAGE), html ? "text/html; charset=utf-8" : "application/json");
    return { ...page, status: strike.status ?? (html ? 502 : 500), headers: { ...page.headers, ...headers }, ...(html ? { foreign: true } : {}) };
  }
  const { status = 500 } = strike;
  if (strike.body !== undefined) return { status, headers, json: strike.body as object };
  return refusalAnswer(new GraphRefusal(status, strike.code ?? "UnknownError", "", headers), ids);
}

/** Whether a fault on what an answer tells strikes this one. */
export function concerns({ tells }: Strike, answer: Answer): boolean {
  return tells === undefined || ("json" in answer && new RegExp(tells).test(JSON.stringify(answer.json)));
}

function retryAfter({ retryAfter, retryAfterDate }: Strike): Record<string, string> {
  if (retryAfter === undefined) return {};
  return { "retry-after": retryAfterDate ? new Date(Date.now() + retryAfter * 1000).toUTCString() : String(retryAfter) };
}

type Json = Readonly<Record<string, unknown>>;

/** A good answer as the fault would have it. Only JSON is changed. */
export function changed(strike: Strike, answer: Answer, url: URL): Answer {
  if (!("json" in answer) || (answer.status ?? 200) >= 300) return answer;
  const json = answer.json as Json;
  const rows = Array.isArray(json["value"]) ? (json["value"] as unknown[]) : undefined;
  const hasNext = "@odata.nextLink" in json;
  switch (strike.action) {
    case "patch": return { ...answer, json: (strike.edits ?? []).reduce<unknown>((value, edit) => edited(value, edit.at.split("/").slice(1).map(unescaped), edit), json) as object };
    case "empty-page": return rows === undefined ? answer : { ...answer, json: { "@odata.context": json["@odata.context"], "@odata.nextLink": again(url), value: [] } };
    case "repeat-link": return hasNext ? { ...answer, json: { ...json, "@odata.nextLink": url.href } } : answer;
    case "loop": return hasNext ? { ...answer, json: { ...json, "@odata.nextLink": new URL(strike.first, url).href } } : answer;
    case "twice": return rows === undefined ? answer : { ...answer, json: { ...json, value: [...rows, ...rows] } };
    default: return answer;
  }
}

/** The same page by another address: services give links that differ and lead on. */
function again(url: URL): string {
  const next = new URL(url);
  next.searchParams.set("sandbox-again", String(Number(next.searchParams.get("sandbox-again") ?? 0) + 1));
  return next.href.replace(/%24/g, "$");
}

/** `~1` and `~0` (RFC 6901 section 4). */
function unescaped(part: string): string {
  return part.replace(/~1/g, "/").replace(/~0/g, "~");
}

function edited(value: unknown, path: readonly string[], edit: Edit): unknown {
  if (path.length === 0) return edit.value;
  if (value === null || typeof value !== "object") return value;
  const [part = "", ...rest] = path;
  const hit = (name: string): boolean => part === "*" || part === name;
  const removed = rest.length === 0 && !("value" in edit);
  if (Array.isArray(value)) return (value as unknown[]).flatMap((one, index) => (!hit(String(index)) ? [one] : removed ? [] : [edited(one, rest, edit)]));
  const known = Object.entries(value).filter(([name]) => !(removed && hit(name))).map(([name, one]): [string, unknown] => [name, hit(name) ? edited(one, rest, edit) : one]);
  const added = rest.length === 0 && !removed && part !== "*" && !(part in value) ? [[part, edit.value] as [string, unknown]] : [];
  return Object.fromEntries([...known, ...added]);
}
