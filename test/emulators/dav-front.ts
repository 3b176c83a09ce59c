import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { bodyOf, Loopback } from "./loopback.js";

/** What stands before a real WebDAV server to play another: requests go on under other paths, and its answers name the paths that were asked for. */
export abstract class DavFront {
  readonly #server = new Loopback((asked, answer) => void this.answer(asked, answer).catch(() => asked.socket.destroy()));

  /** `seen`: path under which `data` of the server at `origin` is seen. */
  constructor(protected readonly origin: URL, private readonly seen: string, private readonly data: string) {}

  get url(): string {
    return `${this.#server.url}${this.seen}`;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  protected abstract answer(asked: IncomingMessage, answer: ServerResponse): Promise<void>;

  /** `destination`: of a MOVE or COPY, as a path. */
  protected pass(asked: IncomingMessage, answer: ServerResponse, path: string, destination: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { ...asked.headers, host: this.origin.host, ...(destination === undefined ? {} : { destination: new URL(this.inward(destination), this.origin).href }) };
      const onward = request(new URL(this.inward(path), this.origin), { method: asked.method ?? "GET", headers }, (come) => {
        if (come.statusCode !== 207) {
          come.pipe(answer.writeHead(come.statusCode ?? 502, come.headers)).once("finish", resolve);
          return;
        }
        void bodyOf(come).then((bytes) => {
          const text = bytes.toString("utf8").replaceAll(`href>${this.data}/`, `href>${this.seen}/`);
          answer.writeHead(207, { "content-type": come.headers["content-type"] ?? "" }).end(text, () => resolve());
        }, reject);
      });
      onward.once("error", reject);
      asked.pipe(onward);
    });
  }

  protected inward(url: string): string {
    return url.startsWith(this.seen) ? this.data + url.slice(this.seen.length) : "/outside";
  }
}
