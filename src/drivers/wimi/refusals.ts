import { z } from "zod";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { jsonOf } from "../http/json.js";
import { refusalCode } from "../http/refusal-codes.js";

/**
 * What an answer holds that is no bytes. Vendor's page "WApi Interface": the status is always 200, errors are in the body; `body.error` and its `str`:
 * praftr/wimi-api-client@c6e4535, src/ApiClient.php. A number beside it: VincentChaye/terra_website@20037da, lib/wimi.ts.
 */
const Envelope = z.object({
  header: z.object({ token: z.string().nullish() }).nullish().catch(undefined),
  body: z.object({ data: z.unknown().optional(), error: z.object({ str: z.string().nullish().catch(undefined), id: z.coerce.number().nullish().catch(undefined) }).nullish() }),
});

export interface Answered {
  /** In `header`: of a sign-in. */
  readonly token: string | undefined;
  readonly data: unknown;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
  /** Might come of a session that has ended. */
  readonly mayBeSession: boolean;
}

const LONGEST = 200;
/** A request on a container is refused for the container. */
const OF_CONTAINERS = /^(?:main\.|document\.(?:directory|entry)\.)/;
const isNumbered = (id: number): boolean => id >= 400 && id < 600;

/** What was answered, or what the refusal means. `told`: the body as JSON; undefined for a page. */
export function answerOf(target: string, status: number, told: unknown): Answered | Refusal {
  const envelope = Envelope.safeParse(told);
  if (!envelope.success) {
    const reason = `${target}: ${status === 200 ? "" : `HTTP ${status}, `}no answer of the interface`;
    // Always 200 by the vendor's page: another status is a proxy's, and a page with 200 one of maintenance.
    return { code: status === 429 || status === 413 ? refusalCode(status) : "TARGET_PASSING", reason, mayBeSession: false };
  }
  const { header, body: { data, error } } = envelope.data;
  if (error === null || error === undefined) return { token: header?.token ?? undefined, data };
  const { str, id } = error;
  // What a server says of a sign-in may quote what was sent.
  const words = target !== LOGIN && typeof str === "string" && str !== "" ? [str.slice(0, LONGEST)] : [];
  const reason = [target, ...(id === null || id === undefined ? [] : [`error ${id}`]), ...words].join(": ");
  // The page says of auth.user.Logout that it "throws a 400": numbers that HTTP has are read as its own.
  const number = typeof id === "number" && isNumbered(id) ? id : 400;
  if (number === 429 || number === 507 || number >= 500) return { code: refusalCode(number), reason, mayBeSession: false };
  return { code: target === LOGIN ? "TARGET_CREDENTIAL" : OF_CONTAINERS.test(target) ? "TARGET_CONTAINER_REFUSED" : "TARGET_REFUSED_ITEM", reason, mayBeSession: target !== LOGIN };
}

/** Whether bytes are a page: a file, or one of maintenance in its place. */
export function isPage(head: string): boolean {
  return /^\s*<(?:!doctype\s+html|html)\b/i.test(head);
}

/** Whether what came in the place of a file's bytes is a refusal; undefined where it may be a file. */
export function insteadOfBytes(target: string, head: string): Refusal | undefined {
  const told = jsonOf(head);
  // A file may be JSON: only an error of the interface's own form is one.
  const answered = Envelope.safeParse(told).success ? answerOf(target, 200, told) : undefined;
  return answered !== undefined && "code" in answered ? answered : undefined;
}

export const LOGIN = "auth.user.Login";
