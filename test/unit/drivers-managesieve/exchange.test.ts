import { describe, expect, it } from "@jest/globals";
import { exchangeOf, type SignIn } from "../../../src/drivers/sasl/exchange.js";

const place = { host: "mail.example", port: 4190 };
const spoken = (signIn: SignIn, ...announced: string[]): string | undefined => {
  const exchange = exchangeOf(signIn, announced, place);
  return exchange === undefined ? undefined : `${exchange.mechanism} ${Buffer.from(exchange.initial, "base64").toString("utf8")}`;
};
const password: SignIn = { user: "admin", secret: { kind: "password", value: "s€cret" } };
const token: SignIn = { user: "a=b,c@d", secret: { kind: "token", value: "T" } };

describe("signing in", () => {
  it("by password takes PLAIN, with the account to act for before the one that signs in (RFC 4616)", () => {
    expect(spoken(password, "LOGIN", "plain")).toBe("PLAIN \0admin\0s€cret");
    expect(spoken({ ...password, authorizeAs: "zoe@d" }, "PLAIN")).toBe("PLAIN zoe@d\0admin\0s€cret");
    expect(spoken(password, "LOGIN", "OAUTHBEARER")).toBeUndefined();
  });

  it("by token takes OAUTHBEARER with the place and an escaped name (RFC 7628, RFC 5801), XOAUTH2 only where that is all there is", () => {
    expect(spoken(token, "XOAUTH2", "OAUTHBEARER")).toBe("OAUTHBEARER n,a=a=3Db=2Cc@d,\x01host=mail.example\x01port=4190\x01auth=Bearer T\x01\x01");
    expect(spoken({ ...token, authorizeAs: "zoe@d" }, "XOAUTH2")).toBe("XOAUTH2 user=zoe@d\x01auth=Bearer T\x01\x01");
    expect(spoken(token, "PLAIN")).toBeUndefined();
  });
});
