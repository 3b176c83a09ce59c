import type { ErrorCode } from "../../src/core/errors/catalog.js";
import { refusedSignIn } from "../../src/drivers/sasl/refused.js";
import type { AdapterEnvironment } from "../../src/kit/define.js";
import { credentialsOf, fillTemplate, type SignInOptions } from "../../src/kit/options.js";

export const signInKinds = ["password", "token", "x-user"] as const;

export interface JmapSignIn extends SignInOptions {
  readonly signIn: (typeof signInKinds)[number];
}

/** How the program signs in for one account. */
export class SignIn {
  constructor(private readonly chosen: JmapSignIn, private readonly environment: AdapterEnvironment, readonly account: string) {}

  /** Whoever signs in is the account itself, not somebody who acts for it. A token tells nothing of its owner. */
  get own(): boolean {
    return this.chosen.signIn !== "token" && fillTemplate(this.chosen.user, this.account) === this.account;
  }

  /** Empty where only the token knows. */
  get user(): string {
    return this.chosen.signIn === "token" ? "" : fillTemplate(this.chosen.user, this.account);
  }

  /** What a refusal is called. For no account in particular nobody acts for another. */
  get refused(): ErrorCode {
    return refusedSignIn({ secret: { kind: this.chosen.signIn === "token" ? "token" : "password" }, authorizeAs: this.own || this.account === "" ? undefined : this.account });
  }

  /** One sign-in for all accounts, which were delegated to it. */
  get common(): boolean {
    return this.chosen.signIn === "token" ? this.chosen.accounts === undefined : !this.chosen.user.includes("{account}");
  }

  /** The secret is looked up each time: a token that expired may have been renewed in its file. For no account in particular, nothing is sent that only accounts have. */
  async headers(): Promise<Readonly<Record<string, string>>> {
    const { signIn, password, accounts } = this.chosen;
    if (this.account === "" && !this.common) return {};
    if (signIn === "x-user" && password === undefined && accounts === undefined) return { "x-user": fillTemplate(this.chosen.user, this.account) };
    const credentials = (await credentialsOf(this.chosen, this.environment))(this.account);
    const secret = credentials.password.trim();
    if (signIn === "token") return { authorization: `Bearer ${secret}` };
    if (signIn === "x-user") return { "x-user": credentials.user, "x-user-secret": secret };
    return { authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, "utf8").toString("base64")}` };
  }
}
