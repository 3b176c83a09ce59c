import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { freePort } from "../../free-port.js";

/** A post as people see it, with the comments below it; `thread` is the `thread_id` that it came with. */
export interface Post extends Comment {
  readonly title: string;
  readonly thread: string | undefined;
  readonly comments: Comment[];
}

export interface Comment {
  readonly content: string;
  readonly author: string;
}

/** What befalls a call: a status instead of its answer; the connection cut before anything is done, or once it was done. */
export type Mishap = number | "cut" | "cut-after" | undefined;

/** Of a call that is no post (README, "Presumed"). */
class Refusal extends Error {
  constructor(readonly status: number, readonly undescribed: string) {
    super(undescribed);
  }
}

/** The endpoint of incoming webhooks, with a group behind each token. */
export class EmulatedTalkspirit {
  /** Wall of each group, by the token of its webhook. */
  readonly groups = new Map<string, Post[]>();
  /** Calls that no document describes. */
  readonly undescribed: string[] = [];
  /** Calls since the start, whatever came of them. */
  calls = 0;
  mishap: (call: number) => Mishap = () => undefined;
  #server: Server | undefined;
  #port: number | undefined;

  constructor(...tokens: readonly string[]) {
    for (const token of tokens) this.groups.set(token, []);
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#port ??= await freePort();
    const port = this.#port;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }

  /** What the page of the service shows once a webhook was added (_docs/create-incoming-webhook.md). */
  address(token: string): string {
    return `http://127.0.0.1:${this.#port ?? 0}/v1/incoming/${token}`;
  }

  /** All that stands in a group, comments after their post. */
  standing(token: string): Comment[] {
    return (this.groups.get(token) ?? []).flatMap((post) => [post, ...post.comments]);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    const mishap = this.mishap(this.calls);
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      // The caller is gone before the end of its request: nothing was asked.
      return;
    }
    if (mishap === "cut") return void request.socket.destroy();
    if (typeof mishap === "number") return void response.writeHead(mishap, { connection: "close" }).end();
    try {
      this.#post(request, Buffer.concat(pieces));
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      if (thrown.status !== 404) this.undescribed.push(thrown.undescribed);
      return void response.writeHead(thrown.status).end();
    }
    if (mishap === "cut-after") return void request.socket.destroy();
    response.writeHead(200).end();
  }

  #post({ method, url = "", headers }: IncomingMessage, bytes: Buffer): void {
    const token = /^\/v1\/incoming\/([^/?#]+)$/.exec(url)?.[1];
    if (method !== "POST" || token === undefined) throw new Refusal(405, `${method ?? ""} of another address`);
    const wall = this.groups.get(token);
    if (wall === undefined) throw new Refusal(404, "a token that is nobody's");
    if (headers["content-type"] !== "application/json") throw new Refusal(400, "content type");
    const { title, content, url: link, thread_id: thread, contact } = object(bytes, ["title", "content", "url", "thread_id", "contact"]);
    const { display_name: author, url: page, icon } = objectOf(contact, ["display_name", "url", "icon"]);
    for (const address of [link, page, icon]) if (address !== undefined && !/^https?:\/\//.test(text(address, "address"))) throw new Refusal(400, "no address");
    const comment = { content: text(content, "content"), author: text(author, "contact.display_name") };
    const known = thread === undefined ? undefined : wall.find((post) => post.thread === text(thread, "thread_id"));
    if (known !== undefined) known.comments.push(comment);
    else wall.push({ ...comment, title: text(title, "title"), thread: thread as string | undefined, comments: [] });
  }
}

function object(bytes: Buffer, members: readonly string[]): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), members);
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal(400, "no JSON in UTF-8");
  }
}

function objectOf(value: unknown, members: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refusal(400, "no object");
  const other = Object.keys(value).find((member) => !members.includes(member));
  if (other !== undefined) throw new Refusal(400, `property ${other}`);
  return value as Record<string, unknown>;
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value === "") throw new Refusal(400, `${name} is no text`);
  return value;
}
