import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { freePort } from "../free-port.js";

/** An HTTP server on loopback that may be stopped and started again, on the port of its first start: none that an outgoing connection could take while it is away. */
export class Loopback {
  #server: Server | undefined;
  #port: number | undefined;

  constructor(private readonly serve: RequestListener) {}

  async start(): Promise<void> {
    const port = (this.#port ??= await freePort());
    const server = (this.#server = createServer(this.serve));
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }

  get url(): string {
    if (this.#port === undefined) throw new Error("the server was never started");
    return `http://127.0.0.1:${this.#port}`;
  }
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** An answer whose connection breaks before its first byte. */
export function dying(response: ServerResponse): ServerResponse {
  return Object.assign(Object.create(response) as ServerResponse, {
    writeHead: () => ({ end: () => void response.socket?.destroy() }),
  });
}
