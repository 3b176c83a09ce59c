import { decodeEntities } from "../../lib/html-text.js";
import { jsonOf, membersOf } from "./json.js";

/** What a server says of a refusal; empty where it says nothing that is understood. */
export interface ToldWords {
  readonly code: string;
  readonly words: string;
}

const LONGEST = 200;

/**
 * By the first of `errors` (drf-standardized-errors, "Error response format": applications of Django REST framework), or by the XML of an object storage
 * (Amazon S3 API Reference, "Error responses").
 */
export function toldWords(text: string): ToldWords {
  const { errors } = membersOf(jsonOf(text));
  const { code = inXml(text, "Code"), detail = inXml(text, "Message") } = membersOf(Array.isArray(errors) ? errors[0] : undefined);
  return { code: textOf(code), words: textOf(detail) };
}

/** Text of the first element of that name, which has no others in it. */
export function inXml(text: string, element: string): string | undefined {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1]?.trim();
  return found === undefined ? undefined : decodeEntities(found);
}

function textOf(told: unknown): string {
  return typeof told === "string" ? told.slice(0, LONGEST) : "";
}
