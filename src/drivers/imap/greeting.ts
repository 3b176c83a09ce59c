import net from "node:net";
import tls from "node:tls";
import { imapError } from "./error-table.js";
import { placeOf, type ImapAccess } from "./connect.js";

const GREETING_TIMEOUT_MS = 15_000;

/** First line that the server says, without signing in. @throws ExodusError TARGET_UNREACHABLE, TARGET_CONNECTION. */
export function greeting(access: Omit<ImapAccess, "signIn">): Promise<string> {
  const { host, port, security, ca } = access;
  return new Promise((resolve, reject) => {
    const socket = security === "tls" ? tls.connect({ host, port, servername: net.isIP(host) === 0 ? host : "", ...(ca === undefined ? {} : { ca }) }) : net.connect({ host, port });
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(imapError(cause, placeOf(access)));
    };
    socket.setTimeout(GREETING_TIMEOUT_MS, () => fail(Object.assign(new RangeError("no greeting"), { code: "GREETING_TIMEOUT" })));
    socket.once("error", fail);
    socket.once("close", () => fail(Object.assign(new RangeError("closed before the greeting"), { code: "EConnectionClosed" })));
    socket.once("data", (bytes: Buffer) => {
      resolve(bytes.toString("latin1").split("\r\n", 1)[0] ?? "");
      socket.end();
    });
  });
}
