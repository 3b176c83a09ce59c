import type { RunningServer } from "./servers.js";

/** What tests ask of a running Apache James beside the adapter: its administrator's interface, and JMAP as its users speak it. */
export class James {
  constructor(readonly server: RunningServer) {}

  get url(): string {
    return `http://${this.server.host}:${this.server.port}`;
  }

  /** WebAdmin (James documentation, "Administration through HTTP"). */
  async admin(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await fetch(`http://${this.server.host}:${this.server.adminPort ?? 0}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`WebAdmin ${method} ${path}: ${answer.status} ${await answer.text()}`);
  }

  /** An account whose password is "secret", for which exodus@commune.example may act unless `delegated` is false. */
  async addAccount(name: string, delegated = true): Promise<void> {
    await this.admin("PUT", `/users/${name}`, { password: "secret" });
    if (delegated) await this.admin("PUT", `/users/${name}/authorizedUsers/exodus@commune.example`);
  }

  /** Calls one method as the account itself; the arguments of its answer. */
  async call(account: string, method: string, args: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const headers = { authorization: `Basic ${Buffer.from(`${account}:secret`).toString("base64")}`, accept: "application/json; jmapVersion=rfc-8621", "content-type": "application/json" };
    const session = (await (await fetch(`${this.url}/jmap/session`, { headers })).json()) as { primaryAccounts: Record<string, string> };
    const body = JSON.stringify({ using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:vacationresponse"], methodCalls: [[method, { accountId: session.primaryAccounts["urn:ietf:params:jmap:mail"], ...args }, "0"]] });
    const answer = (await (await fetch(`${this.url}/jmap`, { method: "POST", headers, body })).json()) as { methodResponses: [string, Record<string, unknown>, string][] };
    const [name, value] = answer.methodResponses[0] ?? ["none", {}];
    if (name !== method) throw new Error(`${method}: ${JSON.stringify(value)}`);
    return value;
  }

  async messagesIn(account: string, mailbox: string): Promise<readonly string[]> {
    return (await this.call(account, "Email/query", { filter: { inMailbox: mailbox }, limit: 200 }))["ids"] as readonly string[];
  }
}
