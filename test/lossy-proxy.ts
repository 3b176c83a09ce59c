import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request: it is passed on, its answer is lost on the way back, or it is answered by the proxy itself. */
export type Fate = "pass" | "lose" | { readonly status: number; readonly body: string };

export interface LossyProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** A proxy on loopback before a real server. `address` may change what the server is asked for. */
export async function lossyProxy(target: string, fateOf: (asked: IncomingMessage) => Fate, address: (url: string) => string = (url) => url): Promise<LossyProxy> {
  const server: Server = createServer((asked, answer) => {
    const fate = fateOf(asked);
    if (typeof fate === "object") {
      asked.resume().once("end", () => answer.writeHead(fate.status).end(fate.body));
      return;
    }
    const onward = request(new URL(address(asked.url ?? ""), target), { method: asked.method ?? "GET", headers: asked.headers }, (come) => {
      if (fate === "lose") come.resume().once("end", () => asked.socket.destroy());
      else come.pipe(answer.writeHead(come.statusCode ?? 502, come.headers));
    });
    onward.once("error", () => asked.socket.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
