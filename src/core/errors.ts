import { ERRORS, type ErrorCode } from "./errors/catalog.js";

/** What the engine does about an error; the lowest layer that understands the failure decides. */
export type ErrorClass = "retryable" | "throttled" | "permanent-item" | "permanent-container" | "fatal-config";

export type Lang = "en" | "fr";

export interface ErrorDetail {
  /** Fills the `{name}` places of the catalogue's sentences. No secret, no content of a message. */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
  /** Overrides the catalogue's class where the same failure weighs differently. */
  readonly errorClass?: ErrorClass;
}

/** The only error thrown on purpose. Upper layers read `code` and `errorClass`, never sentences. */
export class ExodusError extends Error {
  readonly code: ErrorCode;
  readonly errorClass: ErrorClass;
  readonly params: Readonly<Record<string, string | number>>;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(sentence(code, "message", "en", detail.params ?? {}), { cause: detail.cause });
    this.name = "ExodusError";
    this.code = code;
    this.errorClass = detail.errorClass ?? ERRORS[code].class;
    this.params = detail.params ?? {};
    this.retryAfterMs = detail.retryAfterMs;
  }

  /** What happened, for the administrator. */
  describe(lang: Lang): string {
    return sentence(this.code, "message", lang, this.params);
  }

  /** What to do about it. */
  remedy(lang: Lang): string {
    return sentence(this.code, "remedy", lang, this.params);
  }
}

/** Class of a code that was written down, by whatever version of the program; undefined for one that is not known here. */
export function classOf(code: string): ErrorClass | undefined {
  return (ERRORS as Readonly<Partial<Record<string, { readonly class: ErrorClass }>>>)[code]?.class;
}

/** Anything thrown, as an ExodusError; what nobody classified is an internal failure of the item. */
export function asExodusError(thrown: unknown): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ExodusError("INTERNAL", { params: { message }, cause: thrown });
}

function sentence(code: ErrorCode, part: "message" | "remedy", lang: Lang, params: Readonly<Record<string, string | number>>): string {
  return ERRORS[code][lang][part].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? "?"));
}
