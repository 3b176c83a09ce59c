import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { Refusal } from "./wire.js";

interface Claims {
  readonly jti: string;
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly scope: string;
}

/** pkg/consts/token.go, in seconds. */
const LIVES: Readonly<Record<string, number>> = { cli: 30 * 60, app: 24 * 3600, konnector: 30 * 60 };

/** Tokens of one stack: signed, dated, and good for one instance and a scope. */
export class Tokens {
  readonly #key = randomBytes(32);
  #revokedBefore = 0;

  /** web/instances/client.go, createToken: another life is made by shifting the date of issue. */
  make(domain: string, audience: string, scope: string, lifeSeconds: number | undefined): string {
    const life = LIVES[audience];
    if (life === undefined) throw new Refusal(400, `Unknown audience ${audience}`, { plain: true });
    const claims: Claims = { jti: randomUUID(), iss: domain, aud: audience, iat: Date.now() / 1000 + (lifeSeconds === undefined ? 0 : lifeSeconds - life), scope };
    const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${body}.${this.#sign(body)}`;
  }

  /** As when their life were over. */
  expireAll(): void {
    this.#revokedBefore = Date.now() / 1000;
  }

  /** web/middlewares/permissions.go, ParseJWT: a bad token is a bad request, with a challenge. The scope of a good one. */
  check(authorization: string | undefined, domain: string): string {
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
    if (token === undefined) throw new Refusal(401, "No token in request", { plain: true });
    const claims = this.#claims(token);
    if (claims?.iss !== domain) throw invalid("Invalid JWT token", "");
    if (claims.iat + (LIVES[claims.aud] ?? 0) <= Date.now() / 1000 || claims.iat < this.#revokedBefore) throw invalid("Expired token", ' error_description="The access token expired"');
    return claims.scope;
  }

  #claims(token: string): Claims | undefined {
    const [body = "", signature = ""] = token.split(".");
    const [given, right] = [Buffer.from(signature), Buffer.from(this.#sign(body))];
    return given.length === right.length && timingSafeEqual(given, right) ? (JSON.parse(Buffer.from(body, "base64url").toString()) as Claims) : undefined;
  }

  #sign(body: string): string {
    return createHmac("sha256", this.#key).update(body).digest("base64url");
  }
}

function invalid(detail: string, description: string): Refusal {
  return new Refusal(400, detail, { plain: true, headers: { "www-authenticate": `Bearer error="invalid_token"${description}` } });
}

/** docs/permissions.md: rules `doctype[:VERBS[:values]]`, with a blank between. */
export function allow(scope: string, verb: string, doctype: string, id?: string): void {
  const rules = scope.split(" ").map((rule) => rule.split(":"));
  const fits = rules.some(([type, verbs = "ALL", values]) => type === doctype && (verbs === "ALL" || verbs.split(",").includes(verb)) && (values === undefined || (id !== undefined && values.split(",").includes(id))));
  if (!fits) throw new Refusal(403, "Forbidden", { plain: true });
}
