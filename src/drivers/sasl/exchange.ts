/** How somebody signs in. `authorizeAs`: the account to act for, where an administrator (`user`) signs in for it (RFC 4616 section 2, RFC 7628 section 3.1). */
export interface SignIn {
  readonly user: string;
  readonly secret: { readonly kind: "password" | "token"; readonly value: string };
  readonly authorizeAs?: string;
}

export interface Exchange {
  readonly mechanism: string;
  /** First answer, in base64. */
  readonly initial: string;
}

/** What a client answers to the error that a server tells as a challenge (RFC 7628 section 3.2.3): the server then says NO. */
export const CANCEL = base64("\u0001");

/**
 * The mechanism to take, by preference among those that the server announces; undefined when it announces none that fits the credential.
 * @param place of the server, which a bearer token names (RFC 7628 section 3.1).
 */
export function exchangeOf({ user, secret, authorizeAs }: SignIn, announced: readonly string[], place: { readonly host: string; readonly port: number }): Exchange | undefined {
  const offered = new Set(announced.map((name) => name.toUpperCase()));
  if (secret.kind === "password") {
    return offered.has("PLAIN") ? { mechanism: "PLAIN", initial: base64(`${authorizeAs ?? ""}\u0000${user}\u0000${secret.value}`) } : undefined;
  }
  if (offered.has("OAUTHBEARER")) {
    return { mechanism: "OAUTHBEARER", initial: base64(`n,a=${saslName(authorizeAs ?? user)},\u0001host=${place.host}\u0001port=${place.port}\u0001auth=Bearer ${secret.value}\u0001\u0001`) };
  }
  // Google's and Microsoft's older form, which servers still announce alone; it has one name only.
  return offered.has("XOAUTH2") ? { mechanism: "XOAUTH2", initial: base64(`user=${authorizeAs ?? user}\u0001auth=Bearer ${secret.value}\u0001\u0001`) } : undefined;
}

/** RFC 5801 section 4: a comma and an equals sign are written otherwise. */
function saslName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
