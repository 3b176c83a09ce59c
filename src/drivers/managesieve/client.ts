import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import type { Outcome } from "../../core/governor.js";
import { refusal, socketError, type ErrorPlace } from "./error-table.js";
import { serial } from "../../lib/serial.js";
import { literalOf, sent, texts, type Counting, type Token } from "./response.js";
import { CANCEL, exchangeOf, type SignIn } from "../sasl/exchange.js";
import type { MailServer } from "../sasl/mail-server.js";
import { refusedSignIn } from "../sasl/refused.js";
import { NO_GREETING, Wire, type Answer } from "./wire.js";

/** "starttls" is the protocol's own way (RFC 5804 section 2.2). */
export interface SieveAccess extends MailServer {
  /** As in `WireAddress`. */
  readonly greetingTimeoutMs?: number;
  readonly timeoutMs?: number;
}

/** What a server says of itself (RFC 5804 section 1.7). */
export interface SieveCapabilities {
  readonly implementation: string;
  /** Extensions of its Sieve. */
  readonly extensions: ReadonlySet<string>;
  readonly mechanisms: readonly string[];
  readonly starttls: boolean;
  readonly maxRedirects?: number;
}

/** A script of the account. */
export interface ListedScript {
  readonly name: string;
  readonly active: boolean;
}

/** One signed-in connection to a ManageSieve server (RFC 5804). Commands are sent one at a time. @throws ExodusError as in `error-table.ts`. */
export class SieveClient {
  readonly #inTurn = serial();

  private constructor(private readonly access: SieveAccess, private readonly wire: Wire, readonly capabilities: SieveCapabilities, private readonly counting: Counting = "octets") {}

  /** Greeting, TLS, sign-in, and how the server counts scripts; without `signIn` it stops before that. An abort closes the connection. */
  static async open(access: SieveAccess, signIn: SignIn | undefined, signal: AbortSignal): Promise<SieveClient> {
    for (const counting of ["octets", "units"] as const) {
      const client = await SieveClient.#opened(access, signIn, counting, signal);
      if (signIn === undefined || (await client.#isUnderstood(signal))) return client;
      // Where numbers are misunderstood, what comes next is too.
      client.wire.close();
    }
    return SieveClient.#opened(access, signIn, "octets", signal);
  }

  static async #opened(access: SieveAccess, signIn: SignIn | undefined, counting: Counting, signal: AbortSignal): Promise<SieveClient> {
    signal.throwIfAborted();
    const wire = new Wire(access, access.security === "tls");
    wire.counting = counting;
    const abort = (): void => wire.close();
    signal.addEventListener("abort", abort, { once: true });
    try {
      await wire.connected();
      let capabilities = await greeted(access, wire);
      if (access.security === "starttls") {
        if (!capabilities.starttls) throw Object.assign(new Error("no STARTTLS"), { code: "NO_STARTTLS" });
        wire.send("STARTTLS\r\n");
        expectOk(await wire.answer(), access, "TARGET_UNREACHABLE");
        capabilities = await greetedAnew(access, wire);
      }
      wire.greeted();
      if (signIn === undefined) return new SieveClient(access, wire, capabilities);
      await authenticate(access, wire, signIn, capabilities.mechanisms);
      // What an account may do shows only once it is known (RFC 5804 section 1.7).
      wire.send("CAPABILITY\r\n");
      return new SieveClient(access, wire, capabilitiesOf(expectOk(await wire.answer(), access, "TARGET_PASSING").lines), counting);
    } catch (thrown) {
      wire.close();
      signal.throwIfAborted();
      throw socketError(thrown, access);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  get usable(): boolean {
    return this.wire.usable;
  }

  async listScripts(signal: AbortSignal): Promise<readonly ListedScript[]> {
    const { lines } = await this.#ask("LISTSCRIPTS", signal);
    return lines.map((line) => {
      const [name = "", mark = ""] = texts(line);
      return { name, active: mark.toUpperCase() === "ACTIVE" };
    });
  }

  /** Undefined when there is no such script. */
  async getScript(name: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const { lines } = await this.#ask(`GETSCRIPT ${sent(name)}`, signal);
      return texts(lines[0] ?? []).join("");
    } catch (thrown) {
      if (thrown instanceof ExodusError && thrown.code === "TARGET_CONTAINER_MISSING") return undefined;
      throw thrown;
    }
  }

  /** Asks for room first (RFC 5804 section 2.5), then stores; the server refuses a script that it cannot run, and keeps what stood. */
  async putScript(name: string, script: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`HAVESPACE ${sent(name)} ${Buffer.byteLength(script)}`, signal, "TARGET_QUOTA_FULL");
    // James stores first, and looks then.
    if (this.counting === "units") await this.checkScript(script, signal);
    await this.#ask(`PUTSCRIPT ${sent(name)} ${this.#literal(script)}`, signal);
  }

  /** Whether the server would take it, storing nothing (RFC 5804 section 2.12). */
  async checkScript(script: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`CHECKSCRIPT ${this.#literal(script)}`, signal);
  }

  /** Undefined: none is active. */
  async setActive(name: string | undefined, signal: AbortSignal): Promise<void> {
    await this.#ask(`SETACTIVE ${sent(name ?? "")}`, signal);
  }

  async renameScript(from: string, to: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`RENAMESCRIPT ${sent(from)} ${sent(to)}`, signal);
  }

  /** Absent already: done. An active script is refused. */
  async deleteScript(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#ask(`DELETESCRIPT ${sent(name)}`, signal);
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_CONTAINER_MISSING") throw thrown;
    }
  }

  /** Says goodbye; a connection that broke has nothing left to say. */
  close(): Promise<void> {
    return this.#inTurn(() => this.wire.farewell("LOGOUT\r\n"));
  }

  /** In `units` without the space at the end that James takes away before it counts. */
  #literal(script: string): string {
    return literalOf(this.counting === "units" ? `${script.trimEnd()}\r\n` : script, this.counting);
  }

  /**
   * Whether the server counts a script as `counting` says, asked with one of fifteen octets and twelve characters, which it takes when it does. James (every version up to
   * now: apache/james-project 20bf8083, ArgumentParser.checkScript) counts characters, and would wait for ever for the octets that lack: the NOOP behind them are those.
   */
  async #isUnderstood(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#ask(`CHECKSCRIPT ${literalOf(COUNTED, this.counting)}\r\nNOOP`, signal, "TARGET_REFUSED_ITEM", 2);
      return true;
    } catch (thrown) {
      if (thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM") return false;
      throw thrown;
    }
  }

  #ask(command: string, signal: AbortSignal, otherwise: ErrorCode = "TARGET_REFUSED_ITEM", answers = 1): Promise<Answer> {
    return this.#inTurn(() => this.#governed(command, { signal, otherwise, answers }));
  }

  async #governed(command: string, { signal, otherwise, answers }: { readonly signal: AbortSignal; readonly otherwise: ErrorCode; readonly answers: number }): Promise<Answer> {
    const permit = await this.access.governor.acquire([`target:${this.access.target}`], signal);
    let outcome: Outcome = { ok: false };
    if (signal.aborted) permit.release(outcome);
    signal.throwIfAborted();
    const abort = (): void => this.wire.close();
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.wire.send(`${command}\r\n`);
      let answer = await this.#answer(otherwise);
      for (let more = 1; more < answers; more += 1) answer = await this.wire.answer();
      outcome = { ok: true };
      return answer;
    } catch (thrown) {
      // What was no refusal leaves the two sides at odds about whose turn it is.
      if (!(thrown instanceof ExodusError)) this.wire.close();
      signal.throwIfAborted();
      const error = socketError(thrown, this.access);
      outcome = { ok: false, throttled: error.errorClass === "throttled" };
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
      permit.release(outcome);
    }
  }

  async #answer(otherwise: ErrorCode): Promise<Answer> {
    const answer = await this.wire.answer();
    // James says why over several lines, of which only the first is to be told from an answer: no word of the others may be taken for the next one.
    if (this.counting === "units" && answer.status.word !== "OK" && answer.status.code === undefined) this.wire.close();
    return expectOk(answer, this.access, otherwise);
  }
}

/** Of fifteen octets and twelve characters. */
const COUNTED = "# ééé\r\nkeep;";

async function greeted(access: SieveAccess, wire: Wire): Promise<SieveCapabilities> {
  return capabilitiesOf(expectOk(await wire.answer(), access, "TARGET_UNREACHABLE").lines);
}

/** TLS on the connection, and what the server then says anew (RFC 5804 section 2.2). */
async function greetedAnew(access: SieveAccess, wire: Wire): Promise<SieveCapabilities> {
  try {
    await wire.secure(access);
    return await greeted(access, wire);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== NO_GREETING) throw thrown;
    throw new ExodusError("TARGET_STARTTLS", { params: { target: access.target }, cause: thrown });
  }
}

function capabilitiesOf(lines: readonly (readonly Token[])[]): SieveCapabilities {
  const told = new Map(lines.map((line) => {
    const [name = "", value = ""] = texts(line);
    return [name.toUpperCase(), value];
  }));
  const words = (name: string): string[] => (told.get(name) ?? "").split(" ").filter((word) => word !== "");
  const most = told.get("MAXREDIRECTS");
  return {
    implementation: told.get("IMPLEMENTATION") ?? "", extensions: new Set(words("SIEVE")), mechanisms: words("SASL"), starttls: told.has("STARTTLS"),
    ...(most === undefined || !/^\d+$/.test(most) ? {} : { maxRedirects: Number(most) }),
  };
}

async function authenticate(access: SieveAccess, wire: Wire, signIn: SignIn, announced: readonly string[]): Promise<void> {
  const exchange = exchangeOf(signIn, announced, access);
  if (exchange === undefined) {
    const mechanism = signIn.secret.kind === "password" ? "PLAIN" : "OAUTHBEARER, XOAUTH2";
    throw new ExodusError("TARGET_MECHANISM", { params: { target: access.target, mechanism, offered: announced.join(" ") || "-", reason: "" } });
  }
  wire.send(`AUTHENTICATE ${sent(exchange.mechanism)} ${sent(exchange.initial)}\r\n`);
  let status = await wire.status();
  if (status === undefined) {
    // A challenge: of these mechanisms, an error to acknowledge.
    wire.send(`${sent(CANCEL)}\r\n`);
    ({ status } = await wire.answer());
  }
  if (status.word !== "OK") throw refusal(status, { target: access.target, account: access.account, user: signIn.user }, refusedSignIn(signIn));
}

function expectOk(answer: Answer, { target, account }: ErrorPlace, otherwise: ErrorCode): Answer {
  if (answer.status.word !== "OK") throw refusal(answer.status, { target, account }, otherwise);
  return answer;
}
