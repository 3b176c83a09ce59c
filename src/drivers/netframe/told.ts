import type { HttpAnswer } from "../http/client.js";
import { jsonOf, membersOf } from "../http/json.js";

/** An answer of the product, or of something in front of it. */
export interface Told {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  /** Undefined for what is no JSON. */
  readonly json: unknown;
  /** Words of the page's alert (resources/views/auth/login.blade.php). */
  readonly alert: string;
  readonly waitMs: number | undefined;
}

/** A page of messages with their texts. */
const LONGEST = 64 * 1024 * 1024;
const WORDS = 200;
/** resources/views/layouts/*.blade.php: every page of the product has it in its head. */
const TOKEN = /<meta name="csrf-token" content="([^"]+)"/;
/** resources/views/channel/form/edit.blade.php. */
const CHANNEL_FORM = /id="form-channel-edit"/;

export async function toldBy({ status, header, text }: HttpAnswer, waitMs: number | undefined): Promise<Told> {
  const told = await text(LONGEST);
  const alert = /<div class="alert alert-danger">\s*([^<]*?)\s*</.exec(told)?.[1] ?? "";
  return { status, location: header("location"), text: told, json: jsonOf(told), alert: alert.slice(0, WORDS), waitMs };
}

export function tokenIn(page: string): string | undefined {
  return TOKEN.exec(page)?.[1];
}

/**
 * Sent on to the sign-in (app/Http/Middleware/CheckAuth.php), or, where a form was sent, a page of the product that is no answer to it: the token was not the
 * session's (app/Exceptions/Handler.php answers a page with HTTP 200). A page of something in front has no token in it.
 */
export function isOver({ status, location, text, json }: Told, wants: "json" | "page", base: URL): boolean {
  if (status >= 300 && status < 400) return new URL(location ?? "", base).host === base.host && /^\/login(?:\/|$)/.test(new URL(location ?? "", base).pathname);
  return wants === "json" && status === 200 && json === undefined && tokenIn(text) !== undefined && !CHANNEL_FORM.test(text);
}

/** Where an answer leads, without what may be secret in it. */
export function pathOf(location: string | undefined, base: URL): string {
  const { host, pathname } = new URL(location ?? "", base);
  return host === base.host ? pathname : `${host}${pathname}`;
}

/** What a refusal says: `message` of the framework, or the first words of a form's errors. */
export function wordsIn({ json }: Pick<Told, "json">): string {
  const { message, errors } = membersOf(json);
  const first = typeof message === "string" ? message : Object.values(membersOf(errors)).flat()[0];
  return typeof first === "string" ? first.slice(0, WORDS) : "";
}
