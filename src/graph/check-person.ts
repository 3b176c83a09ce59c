import type { Lang } from "../core/errors.js";
import { failedCheck } from "../core/failed-check.js";
import type { CheckResult } from "../core/source.js";
import { me } from "./owners.js";
import { ownQuestions, probeUsers, type ProbeContext } from "./probes.js";
import { grantedTo } from "./sign-in/app-permissions.js";
import { clockError } from "./sign-in/auth-errors.js";
import { scopesOf } from "./sign-in/scopes.js";
import type { Checked } from "./check.js";

const WORDS: Readonly<Record<Lang, { permissions: string; missing: string }>> = {
  en: { permissions: "delegated permissions for these routes", missing: "missing:" },
  fr: { permissions: "autorisations déléguées pour ces routes", missing: "manquent :" },
};

/** Who signed in, and whether each routed workload of theirs answers. What the token does not name is told as such, and nothing else fails for it. */
export async function* checkPerson({ auth, authority, clientId, client, consentLink, routed, lang }: Checked, signal: AbortSignal): AsyncIterable<CheckResult> {
  const granted = grantedTo(await auth.token());
  const context: ProbeContext = { client, consentLink, lang, granted, person: true, signal };
  const missing: string[] = [];
  for await (const { id, name } of me(client, signal)) {
    yield { subject: "sign-in", ok: true, code: "SIGN_IN", message: `${authority}, ${clientId}, ${name}` };
    const late = clockError(auth.driftMs ?? 0, undefined);
    if (late !== undefined) yield failedCheck("clock", late, lang);
    for (const question of ownQuestions(routed("user"))) {
      const check = await probeUsers(context, question, [id]);
      if (!check.ok) missing.push(check.subject);
      yield check;
    }
  }
  const words = WORDS[lang];
  const lacking = missing.length === 0 ? "" : `; ${words.missing} ${missing.join(", ")}`;
  yield { subject: words.permissions, ok: missing.length === 0, code: missing.length === 0 ? "CONSENT" : "GRAPH_SCOPE", message: `${scopesOf(routed("user")).join(", ")}${lacking}` };
}
