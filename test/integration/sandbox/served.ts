import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Agent, request, type Dispatcher } from "undici";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/server.js";

export type Json = Record<string, unknown>;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** Parsed body; fails for one that is no JSON. */
  readonly json: Json;
}

/** A sandbox over a tenant folder of its own, with a bare client: nothing of the program's reader takes part. */
export class Served {
  #token = "";

  private constructor(readonly dir: string, readonly sandbox: Sandbox, private readonly agent: Agent) {}

  static async start(files: Readonly<Record<string, string | Buffer>>, options: Omit<SandboxOptions, "tenantDir"> = {}): Promise<Served> {
    const dir = await mkdtemp(path.join(tmpdir(), "exodus-sandbox-test-"));
    await writeTree(dir, files);
    const sandbox = await startSandbox({ tenantDir: dir, ...options });
    const served = new Served(dir, sandbox, new Agent({ connect: { ca: await readFile(sandbox.ready.caFile) } }));
    await served.signIn();
    return served;
  }

  /** Changes the tenant folder and has it read again. */
  async change(work: (dir: string) => Promise<unknown>): Promise<void> {
    await work(this.dir);
    await this.sandbox.rescan();
  }

  async signIn(): Promise<void> {
    const { clientId, clientSecret, graph } = this.sandbox.ready;
    const { json } = await this.token({ client_id: clientId, client_secret: clientSecret, scope: `${graph}/.default` });
    this.#token = String(json["access_token"]);
  }

  /** Asks the token endpoint. */
  token(form: Readonly<Record<string, string>>, tenant = this.sandbox.ready.tenantId): Promise<Reply> {
    const body = new URLSearchParams({ grant_type: "client_credentials", ...form }).toString();
    return this.send("POST", `${this.sandbox.ready.authority}/${tenant}/oauth2/v2.0/token`, { "content-type": "application/x-www-form-urlencoded" }, body);
  }

  /** GET below "/v1.0", or of a whole link, signed in. */
  get(pathOrLink: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const url = pathOrLink.startsWith("/") ? `${this.sandbox.ready.graph}/v1.0${pathOrLink}` : pathOrLink;
    return this.send("GET", url, { authorization: `Bearer ${this.#token}`, ...headers });
  }

  /** POST of JSON below "/v1.0", signed in. */
  post(path: string, body: object): Promise<Reply> {
    return this.send("POST", `${this.sandbox.ready.graph}/v1.0${path}`, { authorization: `Bearer ${this.#token}`, "content-type": "application/json" }, JSON.stringify(body));
  }

  /** Without sign-in. */
  async send(method: Dispatcher.HttpMethod, url: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Reply> {
    const answer = await request(url, { dispatcher: this.agent, method, headers, ...(body === undefined ? {} : { body }) });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, bytes, get json() { return JSON.parse(bytes.toString("utf8")) as Json; } };
  }

  control(action: string): Promise<Reply> {
    return this.send("POST", `${this.sandbox.ready.graph}/sandbox/${action}`);
  }

  /** All pages of a list or of a delta round, and the link that the last one gave. */
  async all(first: string, headers: Readonly<Record<string, string>> = {}): Promise<{ rows: Json[]; pages: number; deltaLink: string }> {
    const rows: Json[] = [];
    let link: string | undefined = first;
    for (let pages = 1; ; pages += 1) {
      const reply: Reply = await this.get(link, headers);
      if (reply.status !== 200) throw new Error(`${link}: ${reply.status} ${reply.bytes.toString()}`);
      rows.push(...(reply.json["value"] as Json[]));
      link = reply.json["@odata.nextLink"] as string | undefined;
      if (link === undefined) return { rows, pages, deltaLink: String(reply.json["@odata.deltaLink"] ?? "") };
    }
  }

  async stop(): Promise<void> {
    await this.agent.destroy();
    await this.sandbox.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

export async function writeTree(dir: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, ...name.split("/"));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

export function eml(number: number, extra: readonly string[] = []): string {
  return [`From: Luc <luc@test.example>`, "To: zoe@test.example", `Subject: =?UTF-8?Q?R=C3=A9union_${number}?=`, `Date: Mon, 05 Jan 2026 09:0${number % 10}:00 +0100`, `Message-ID: <${number}@test.example>`, ...extra, "", `Texte ${number}`, ""].join("\r\n");
}

export const TENANT = { "tenant.json": JSON.stringify({ name: "Test", domain: "test.example", language: "fr" }) };
