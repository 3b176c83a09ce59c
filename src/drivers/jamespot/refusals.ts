import type { ErrorCode } from "../../core/errors/catalog.js";

export interface Refused {
  /** Object and function. */
  readonly action: string;
  readonly status: number;
  /** The envelope's own number; absent where the answer was none. */
  readonly error?: number | undefined;
  readonly words: readonly string[];
}

export interface Meaning {
  readonly code: ErrorCode;
  readonly reason: string;
  /** Might come of a session that has ended. */
  readonly mayBeSession: boolean;
  readonly tooLarge: boolean;
}

const LONGEST = 200;

/**
 * `ApiErrorCode` (jamespot-user-api 1.3.135, src/util/network.d.ts) knows 409 (conflict) and 429 (rate limit) beside 0; every other number is the vendor's own.
 * Numbers and statuses of 500 and more are read as HTTP's: a server in trouble.
 */
export function meaningOf({ action, status, error, words }: Refused): Meaning {
  const told = words.filter((word) => word !== "").join("; ").slice(0, LONGEST);
  const reason = [action, ...(status < 300 ? [] : [`HTTP ${status}`]), ...(error === undefined ? ["no JSON"] : [`error ${error}`]), ...(told === "" ? [] : [told])].join(": ");
  const number = error === undefined || error === 0 ? status : error;
  const tooLarge = status === 413;
  if (number === 429 || status === 429) return { code: "TARGET_THROTTLED", reason, mayBeSession: false, tooLarge };
  if (status >= 500 || (number >= 500 && number < 600)) return { code: "TARGET_PASSING", reason, mayBeSession: false, tooLarge };
  if (action === "user/signIn") return { code: error === undefined ? "TARGET_PASSING" : "TARGET_CREDENTIAL", reason, mayBeSession: false, tooLarge };
  // A page instead of an answer: the sign-in's, or a proxy's.
  if (error === undefined && status < 400) return { code: "TARGET_PASSING", reason, mayBeSession: true, tooLarge };
  return { code: action.startsWith("spot/") ? "TARGET_CONTAINER_REFUSED" : "TARGET_REFUSED_ITEM", reason, mayBeSession: number !== 409 && !tooLarge, tooLarge };
}
