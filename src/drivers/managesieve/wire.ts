import net from "node:net";
import tls from "node:tls";
import { readLine, statusOf, type Status, type Token } from "./response.js";

/** Without a byte for so long while it is made, a connection counts as not to be had; as at `imap`. */
const GREETING_TIMEOUT_MS = 30_000;
/** The same of one that stands; one that lay idle is opened anew by whoever needs it. */
const TIMEOUT_MS = 120_000;

export interface WireAddress {
  readonly host: string;
  readonly port: number;
  /** PEM certificates to trust beside the system's. */
  readonly ca?: string | undefined;
  /** How long to wait for it until it is greeted; thirty seconds when absent. */
  readonly greetingTimeoutMs?: number;
}

/** What came before a status, and the status. */
export interface Answer {
  readonly lines: readonly (readonly Token[])[];
  readonly status: Status;
}

/** Bytes to a ManageSieve server, and lines of tokens back. One question at a time. Whatever the socket throws is thrown as it is. */
export class Wire {
  #buffer: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #greeted = false;

  private socket: net.Socket;
  readonly #greetingTimeout: number;

  /** Starts to connect, with TLS from the first byte when `secure`. */
  constructor(address: WireAddress, secure: boolean) {
    this.#greetingTimeout = address.greetingTimeoutMs ?? GREETING_TIMEOUT_MS;
    this.socket = secure ? tls.connect({ port: address.port, ...tlsOptions(address) }) : net.connect({ host: address.host, port: address.port });
    this.#listen(this.socket);
  }

  connected(): Promise<void> {
    const { socket } = this;
    return socket instanceof tls.TLSSocket ? this.#until(() => socket.authorized, "secureConnect") : this.#until(() => !socket.connecting, "connect");
  }

  /** The server has greeted: from now on it may take its time. */
  greeted(): void {
    this.#greeted = true;
    this.socket.setTimeout(TIMEOUT_MS);
  }

  get usable(): boolean {
    return this.#failure === undefined && !this.socket.destroyed;
  }

  /** Goes on with TLS on the same connection. Bytes that came before it were put there by somebody else (RFC 5804 section 2.2). */
  async secure(address: WireAddress): Promise<void> {
    if (this.#buffer.length > 0) throw Object.assign(new RangeError("bytes before TLS"), { code: "STARTTLS_INJECTION" });
    const plain = this.socket;
    for (const event of ["data", "close", "timeout"]) plain.removeAllListeners(event);
    const socket = tls.connect({ socket: plain, ...tlsOptions(address) });
    this.socket = socket;
    this.#listen(socket);
    await this.#until(() => socket.authorized, "secureConnect");
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Lines up to the next status. */
  async answer(): Promise<Answer> {
    const lines: (readonly Token[])[] = [];
    for (;;) {
      const tokens = await this.line();
      const status = statusOf(tokens);
      if (status !== undefined) return { lines, status };
      lines.push(tokens);
    }
  }

  async line(): Promise<readonly Token[]> {
    for (;;) {
      const read = readLine(this.#buffer);
      if (read !== undefined) {
        this.#buffer = this.#buffer.subarray(read.used);
        return read.tokens;
      }
      await this.#more();
    }
  }

  close(): void {
    this.#failure ??= new Error("closed");
    this.socket.destroy();
    this.#wake?.();
  }

  #listen(socket: net.Socket): void {
    const fail = (error: Error): void => {
      this.#failure ??= error;
      this.#wake?.();
    };
    socket.setTimeout(this.#greetingTimeout);
    socket.on("timeout", () => socket.destroy(Object.assign(new Error("no answer"), { code: this.#greeted ? "ETIMEDOUT" : "NO_GREETING" })));
    socket.on("data", (bytes: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, bytes]);
      this.#wake?.();
    });
    socket.on("error", fail);
    socket.on("close", () => fail(Object.assign(new Error("closed by the server"), { code: "ECONNRESET" })));
  }

  async #more(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve) => { this.#wake = resolve; });
    this.#wake = undefined;
  }

  async #until(done: () => boolean, event: string): Promise<void> {
    const socket = this.socket;
    socket.once(event, () => this.#wake?.());
    while (!done()) await this.#more();
  }
}

/** An address is no name to ask for by SNI (RFC 6066 section 3); the certificate is held against it all the same. */
function tlsOptions({ host, ca }: WireAddress): tls.ConnectionOptions {
  return { host, servername: net.isIP(host) === 0 ? host : "", ...(ca === undefined ? {} : { ca }) };
}
