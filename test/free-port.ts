import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const given = new Set<number>();

/** A port of loopback that nobody listens on and nobody was given here, below those that Linux gives to outgoing connections (fixtures/servers/PORTS.md). */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + randomInt(10_000);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => { resolve(false); }).listen(port, "127.0.0.1", () => { probe.close(() => { resolve(true); }); });
  });
}
