import type { ErrorCode } from "../../core/errors/catalog.js";
import { ExodusError } from "../../core/errors.js";
import { retryAfterMs } from "../../lib/backoff.js";

/** One row: a status (or any) and Graph codes (or any) → our code. The first row that fits decides. */
export interface ErrorRow {
  readonly status: readonly number[] | "any";
  readonly codes: readonly string[] | "any";
  /** Where the code alone does not tell. */
  readonly says?: RegExp;
  readonly becomes: ErrorCode;
}

/** Microsoft Graph error responses (concepts/errors, workload pages), by how the reader must react. */
export const ERROR_TABLE: readonly ErrorRow[] = [
  // OneNote's word for every token that it refuses (concepts/onenote-error-codes); its message tells an application's from a bad one (msgraph-sdk-dotnet issue 2939).
  { status: [401], codes: ["40001"], says: /app-only tokens/, becomes: "GRAPH_APPLICATION" },
  { status: [401], codes: "any", becomes: "GRAPH_TOKEN" },
  { status: [403], codes: ["ErrorAccessDenied", "Forbidden", "accessDenied", "Authorization_RequestDenied", "AccessDenied"], becomes: "GRAPH_CONSENT" },
  { status: [404, 403], codes: ["MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "ResourceNotFound", "ErrorInvalidUser"], becomes: "GRAPH_NO_MAILBOX" },
  { status: [404], codes: "any", becomes: "GRAPH_NOT_FOUND" },
  { status: [410], codes: "any", becomes: "GRAPH_DELTA_EXPIRED" },
  { status: "any", codes: ["SyncStateNotFound", "SyncStateInvalid", "resyncRequired", "resyncChangesApplyDifferences", "resyncChangesUploadDifferences"], becomes: "GRAPH_DELTA_EXPIRED" },
  { status: [423], codes: "any", becomes: "GRAPH_LOCKED" },
  // The answer to a download of an infected file whose item does not say so (OneDrive/onedrive-api-docs#1626, #928).
  { status: "any", codes: ["malwareDetected"], becomes: "GRAPH_INFECTED" },
  { status: [403], codes: ["resourceLocked", "notAllowed"], becomes: "GRAPH_LOCKED" },
  // A delta writes its state into the mailbox, and a full one takes none; other requests go on (microsoftgraph/microsoft-graph-docs#5730).
  { status: "any", codes: ["ErrorQuotaExceeded"], becomes: "GRAPH_MAILBOX_FULL" },
  { status: [403], codes: "any", becomes: "GRAPH_CONSENT" },
  { status: [429, 503, 504, 509], codes: "any", becomes: "GRAPH_THROTTLED" },
  { status: "any", codes: ["TooManyRequests", "activityLimitReached", "ApplicationThrottled", "serviceNotAvailable", "ErrorServerBusy"], becomes: "GRAPH_THROTTLED" },
  // Exchange answers 500 to every attempt for some items, opaque S/MIME and reports about it among them (LogicLabs-OU/OpenArchiver#487).
  { status: "any", codes: ["ErrorMimeContentConversionFailed"], becomes: "GRAPH_NO_MIME" },
  // The store cannot open one attachment (alcionai/corso#3606), or tell one message (microsoftgraph/microsoft-graph-docs#2913), at any attempt.
  { status: "any", codes: ["ErrorCannotOpenFileAttachment", "ErrorContentConversionFailed"], becomes: "GRAPH_REFUSED" },
  // A path that the metadata does not have, answered alike for every unknown segment.
  { status: [400], codes: "any", says: /^Resource not found for the segment/, becomes: "GRAPH_NOT_OFFERED" },
  { status: [500, 502, 408, 409], codes: "any", becomes: "GRAPH_PASSING" },
  { status: "any", codes: "any", becomes: "GRAPH_REFUSED" },
];

export interface FailedAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Body as text: Graph's JSON error, or whatever a proxy wrote. */
  readonly body: string;
  /** Path without host and query, for messages. */
  readonly path: string;
  /** Application permission that the path needs, for the remedy. */
  readonly permission: string;
}

/** Names a failed answer. Keeps request-id, which Microsoft support asks for. */
export function graphError(answer: FailedAnswer, now: number = Date.now()): ExodusError {
  const { code: told, message } = bodyError(answer.body);
  // Download addresses refuse an infected file with this header (rclone, backend/onedrive, "av_override").
  const code = answer.headers.get("x-virus-infected") === null ? told : "malwareDetected";
  const row = ERROR_TABLE.find(({ status, codes, says }) => (status === "any" || status.includes(answer.status)) && (codes === "any" || codes.includes(code)) && (says === undefined || says.test(message)));
  const retryAfter = retryAfterMs(answer.headers.get("retry-after"), now);
  return new ExodusError(row?.becomes ?? "GRAPH_REFUSED", {
    params: {
      status: answer.status, graphCode: code === "" ? "-" : code, path: answer.path, permission: answer.permission, reason: message.slice(0, 200),
      requestId: answer.headers.get("request-id") ?? "-",
    },
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
  });
}

/** `{"error":{"code","message"}}` (concepts/errors); anything else has neither. */
function bodyError(body: string): { code: string; message: string } {
  try {
    const parsed = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } } | null;
    return { code: String(parsed?.error?.code ?? ""), message: String(parsed?.error?.message ?? "") };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { code: "", message: "" };
    throw thrown;
  }
}
