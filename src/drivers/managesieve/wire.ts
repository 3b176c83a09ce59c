import net from "node:net";
import tls from "node:tls";
import { brokenRefusal, LONGEST, readLine, statusOf, unendedRefusal, type Counting, type Status, type Token } from "./response.js";

/** Without a byte for so long while it is made, a connection counts as not to be had; as at `imap`. */
const GREETING_TIMEOUT_MS = 30_000;
/** The same of one that stands; one that lay idle is opened anew by whoever needs it. */
export const TIMEOUT_MS = 120_000;
/** Code of the error of a server that greeted, was asked and said nothing. */
export const NO_ANSWER = "NO_ANSWER";
/** The same of one that did not greet. */
export const NO_GREETING = "NO_GREETING";
/** An answer that still comes, byte by byte, ends after so many times of that. */
const ANSWER_TIMEOUTS = 5;
/** A refusal whose line has no end (James: "NO Maximum command line length exceeded") is one after this pause. */
const PAUSE_MS = 5_000;
/** A farewell is a courtesy: nobody waits long for its answer. */
const FAREWELL_MS = 2_000;

export interface WireAddress {
  readonly host: string;
  readonly port: number;
  /** PEM certificates to trust beside the system's. */
  readonly ca?: string | undefined;
  /** How long to wait for it until it is greeted; thirty seconds when absent. */
  readonly greetingTimeoutMs?: number;
  /** How long the server may say nothing once it has greeted; two minutes when absent. */
  readonly timeoutMs?: number;
}

/** What came before a status, and the status. */
export interface Answer {
  readonly lines: readonly (readonly Token[])[];
  readonly status: Status;
}

/**
 * Bytes to a ManageSieve server, and lines of tokens back. One question at a time. Whatever the socket throws is thrown as it is; a RangeError on what is no answer.
 * No wait is without end: for a byte, for an answer, for an answer's bytes.
 */
export class Wire {
  #buffer: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #greeted = false;
  #counting: Counting = "octets";

  private socket: net.Socket;
  readonly #greetingTimeout: number;
  readonly #timeout: number;

  /** Starts to connect, with TLS from the first byte when `secure`. */
  constructor(address: WireAddress, secure: boolean) {
    this.#greetingTimeout = address.greetingTimeoutMs ?? GREETING_TIMEOUT_MS;
    this.#timeout = address.timeoutMs ?? TIMEOUT_MS;
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
    this.socket.setTimeout(this.#timeout);
  }

  /** By what the server counts its literals, from now on. */
  set counting(counting: Counting) {
    this.#counting = counting;
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
  answer(): Promise<Answer> {
    return this.#inTime(async () => {
      const lines: (readonly Token[])[] = [];
      for (let size = 0; ; ) {
        const { tokens, used, status = statusOf(tokens) } = await this.#line();
        if (status !== undefined) return { lines, status };
        size += used;
        if (size > LONGEST) throw new RangeError("an answer without end");
        lines.push(tokens);
      }
    });
  }

  /** The status of the next line, undefined for a line of data. */
  status(): Promise<Status | undefined> {
    return this.#inTime(async () => {
      const { tokens, status = statusOf(tokens) } = await this.#line();
      return status;
    });
  }

  /** Says goodbye, as long as somebody listens. */
  async farewell(text: string): Promise<void> {
    if (this.usable) {
      this.send(text);
      this.socket.setTimeout(Math.min(this.#timeout, FAREWELL_MS));
      // Whatever comes, or nothing: the connection ends.
      await this.answer().catch(() => undefined);
    }
    this.close();
  }

  /** `status`: a refusal that breaks the grammar, in its own words, and the connection's last: nobody knows where the next answer starts. */
  async #line(): Promise<{ readonly tokens: readonly Token[]; readonly used: number; readonly status?: Status }> {
    for (;;) {
      let broken: Status | undefined;
      try {
        const read = readLine(this.#buffer, this.#counting);
        if (read !== undefined) {
          this.#buffer = this.#buffer.subarray(read.used);
          return read;
        }
      } catch (thrown) {
        broken = brokenRefusal(this.#buffer);
        if (broken === undefined) throw thrown;
      }
      const status = broken ?? unendedRefusal(this.#buffer);
      if (broken === undefined && (await this.#more(status === undefined ? undefined : PAUSE_MS))) continue;
      if (status === undefined) continue;
      this.close();
      return { tokens: [], used: 0, status };
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
    socket.on("timeout", () => socket.destroy(silence(this.#greeted)));
    socket.on("data", (bytes: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, bytes]);
      this.#wake?.();
    });
    socket.on("error", fail);
    socket.on("close", () => fail(Object.assign(new Error("closed by the server"), { code: "ECONNRESET" })));
  }

  /** Answers whether anything came, which it always did without `pause`. */
  async #more(pause?: number): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure;
    let timer: NodeJS.Timeout | undefined;
    const came = await new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true);
      if (pause !== undefined) timer = setTimeout(() => resolve(false), pause);
    });
    clearTimeout(timer);
    this.#wake = undefined;
    return came;
  }

  /** Ends the connection where an answer comes too slowly to ever be whole. */
  async #inTime<T>(read: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.socket.destroy(silence(this.#greeted)), ANSWER_TIMEOUTS * (this.#greeted ? this.#timeout : this.#greetingTimeout));
    try {
      return await read();
    } finally {
      clearTimeout(timer);
    }
  }

  async #until(done: () => boolean, event: string): Promise<void> {
    const socket = this.socket;
    socket.once(event, () => this.#wake?.());
    while (!done()) await this.#more();
  }
}

function silence(greeted: boolean): Error {
  return Object.assign(new Error("no answer"), { code: greeted ? NO_ANSWER : NO_GREETING });
}

/** An address is no name to ask for by SNI (RFC 6066 section 3); the certificate is held against it all the same. */
function tlsOptions({ host, ca }: WireAddress): tls.ConnectionOptions {
  return { host, servername: net.isIP(host) === 0 ? host : "", ...(ca === undefined ? {} : { ca }) };
}
