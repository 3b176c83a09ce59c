import { asExodusError, type Lang } from "./errors.js";
import type { CheckResult } from "./source.js";

/** What `doctor` says of a check that came to nothing. */
export function failedCheck(subject: string, thrown: unknown, lang: Lang): CheckResult & { readonly advice: string } {
  const error = asExodusError(thrown);
  return { subject, ok: false, code: error.code, message: error.describe(lang), advice: error.remedy(lang) };
}
