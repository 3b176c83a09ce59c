import { ExodusError, type ErrorDetail } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import { refusalCode, type CodesByStatus } from "../http/refusal-codes.js";

/** What the stack answered. */
export interface CozyRefusal {
  readonly method: string;
  readonly status: number;
  /** `detail` of the first error (JSON:API), or the plain sentence. */
  readonly detail: string;
  /** `source.parameter`: the header or parameter that is refused. */
  readonly parameter: string | undefined;
  readonly retryAfter: string | undefined;
}

/** Names for messages. */
export interface CozyPlace {
  readonly target: string;
  readonly account: string;
  /** Domain of the instance. */
  readonly instance: string;
}

/** cozy-stack docs/http-api.md, "HTTP Codes". */
const OWN: CodesByStatus = {
  402: "TARGET_INSTANCE_BLOCKED", 403: "TARGET_SCOPE", 409: "TARGET_PASSING", 410: "TARGET_INSTANCE_MISSING", 412: "TARGET_PASSING", 423: "TARGET_PASSING",
};
/** Sentences of model/vfs/errors.go and model/instance/errors.go, where a status alone has two meanings. */
const NO_INSTANCE = "Instance not found";
const QUOTA = "exceeds the disk quota";

/** Names method and status; never the address, which holds names, nor a sentence of the server's. */
export function refusalError({ method, status, detail, parameter, retryAfter }: CozyRefusal, place: CozyPlace): ExodusError {
  const wait = retryAfterMs(retryAfter, Date.now());
  const reason = [`${method}: HTTP ${status}`, parameter].filter((part) => part !== undefined).join(", ");
  const known: ErrorDetail = { params: { ...place, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  return new ExodusError(codeOf({ status, detail, parameter, retryAfter: wait }), known);
}

/** Parameter that names metadata which the stack holds for what is made next, ten minutes long (model/vfs/errors.go, ErrInvalidMetadataID): the next attempt holds them anew. */
export const METADATA = "MetadataID";

function codeOf({ status, detail, parameter, retryAfter }: Pick<CozyRefusal, "status" | "detail" | "parameter"> & { readonly retryAfter: number | undefined }): ErrorCode {
  if (parameter === METADATA) return "TARGET_PASSING";
  if (status === 404 && detail === NO_INSTANCE) return "TARGET_INSTANCE_MISSING";
  // Who moved away is answered for by a redirection (web/middlewares/instance.go).
  if (status >= 300 && status < 400) return "TARGET_INSTANCE_MISSING";
  if (status === 413) return detail.includes(QUOTA) ? "TARGET_QUOTA_FULL" : "TARGET_REFUSED_ITEM";
  return refusalCode(status, { own: OWN, asksToWait: retryAfter !== undefined });
}

/**
 * Whether the token is refused, and not what is asked with it. docs/http-api.md says 401; the stack itself answers 400 with a challenge
 * (model/permission/errors.go; web/middlewares/permissions.go, ParseJWT).
 */
export function refusesToken(status: number, challenge: string | undefined): boolean {
  return status === 401 || (status === 400 && challenge?.includes('error="invalid_token"') === true);
}
