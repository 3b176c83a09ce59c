type Json = Record<string, unknown>;

/** JMAP as an account speaks it by itself, outside the driver under test. */
export class PlainJmap {
  /** `api`: where methods are called, as the server's session tells it. */
  constructor(private readonly api: string, private readonly user: string, private readonly pass: string) {}

  /** One method; the arguments of its answer. The account is called like the user, as Cyrus has it. */
  async call(method: string, args: Json): Promise<Json> {
    const body = JSON.stringify({ using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"], methodCalls: [[method, { accountId: this.user, ...args }, "0"]] });
    const headers = { authorization: `Basic ${Buffer.from(`${this.user}:${this.pass}`).toString("base64")}`, "content-type": "application/json", accept: "application/json" };
    const answer = (await (await fetch(this.api, { method: "POST", headers, body })).json()) as { methodResponses: [string, Json, string][] };
    const [name, value] = answer.methodResponses[0] ?? ["none", {}];
    if (name !== method) throw new Error(`${method}: ${JSON.stringify(value)}`);
    return value;
  }

  async messagesIn(mailbox: string): Promise<readonly string[]> {
    return (await this.call("Email/query", { filter: { inMailbox: mailbox }, limit: 200 }))["ids"] as readonly string[];
  }
}
