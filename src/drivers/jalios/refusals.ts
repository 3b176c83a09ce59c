import type { ErrorCode } from "../../core/errors/catalog.js";
import { jsonOf, membersOf } from "../http/json.js";
import { refusalCode } from "../http/refusal-codes.js";
import { inXml } from "../http/told-words.js";

/** What is asked for: who one is, something to read, or something to write. */
export type Aim = "who" | "read" | "write";

export interface Refused {
  readonly aim: Aim;
  readonly status: number;
  readonly asksToWait: boolean;
}

const LONGEST = 200;

/**
 * The platform's own words: `<error><code/><message/></error>` (help of the Open API, version 10.0.7); where it speaks JSON a public client reads `status`
 * (departement-loire-atlantique/zelli@95b69c4, src/app/Interceptors/error.interceptor.ts). A page is named as one.
 */
export function toldBy(text: string): string {
  const { code, message, status } = membersOf(jsonOf(text));
  const told = [inXml(text, "code"), inXml(text, "message"), code, message, status].filter((one): one is string => typeof one === "string" && one !== "");
  if (told.length > 0) return told.join(": ").slice(0, LONGEST);
  return isPage(text) ? "an HTML page" : "";
}

export function isPage(text: string): boolean {
  return /^\s*<(?:!doctype\s+)?html/i.test(text);
}

/** 401: not signed in; 403: no right (same help); 404 to the question who one is: no Open API at that address. An address that a filter refuses is told in no document: both remedies name the filters. */
export function codeOf({ aim, status, asksToWait }: Refused): ErrorCode {
  if (status === 401 || ([403, 404].includes(status) && aim === "who")) return "TARGET_OPEN_API";
  if (status === 403 && aim === "write") return "TARGET_OPEN_API_WRITE";
  // What leads elsewhere is a page of the site, or of something before it.
  return status < 400 ? "TARGET_PASSING" : refusalCode(status, { asksToWait });
}
