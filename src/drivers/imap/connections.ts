import type { ImapFlow, MailboxObject } from "imapflow";
import { ExodusError } from "../../core/errors.js";
import type { Outcome } from "../../core/governor.js";
import { comeBack } from "../../lib/come-back.js";
import { openConnection, placeOf, type ImapAccess } from "./connect.js";
import { imapError } from "./error-table.js";

type Waiter = (client: ImapFlow | undefined) => void;

/**
 * A few connections of one account. A command takes one that is free (one with its mailbox selected rather than another), opens one
 * while there are fewer than `limit`, else waits. Broken connections are replaced at the next command.
 */
export class Connections {
  readonly #idle: ImapFlow[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #selectedIn = new WeakMap<ImapFlow, number>();
  #epoch = 0;
  #open = 0;
  #answered = false;
  #closed = false;

  constructor(readonly access: ImapAccess, readonly limit: number) {}

  /** Runs a command that needs no selected mailbox. @throws ExodusError; the signal's reason when it aborts. */
  run<T>(command: (client: ImapFlow) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#with(undefined, command, signal);
  }

  /** Runs a command with `mailbox` selected. A mailbox that is not there is TARGET_CONTAINER_MISSING. */
  within<T>(mailbox: string, command: (client: ImapFlow, selected: MailboxObject) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#with(mailbox, async (client) => {
      const answer = await this.#inMailbox(client, mailbox, command);
      // On a connection that ended, the library answers reads with "nothing there": that is no answer.
      if (!client.usable) throw new ExodusError("TARGET_CONNECTION", { params: { target: this.access.target, reason: "closed" } });
      return answer;
    }, signal);
  }

  async #inMailbox<T>(client: ImapFlow, mailbox: string, command: (client: ImapFlow, selected: MailboxObject) => Promise<T>): Promise<T> {
    const selected = client.mailbox;
    if (selected !== false && selected.path === mailbox && this.#selectedIn.get(client) === this.#epoch) {
      // What other connections appended shows in a standing selection only after the server had a chance to tell (RFC 3501 §5.2).
      await client.noop();
      return command(client, selected);
    }
    this.#selectedIn.set(client, this.#epoch);
    return command(client, await client.mailboxOpen(mailbox));
  }

  /** Makes every later command select its mailbox anew: one was renamed or removed, and its name may mean another now. */
  reselect(): void {
    this.#epoch += 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake(undefined);
    await Promise.all(this.#idle.splice(0).map((client) => end(client)));
  }

  async #with<T>(mailbox: string | undefined, command: (client: ImapFlow) => Promise<T>, signal: AbortSignal): Promise<T> {
    const client = await this.#take(mailbox, signal);
    // The library's commands take no signal: closing the socket ends them.
    const abort = (): void => client.close();
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await this.#governed(() => command(client), signal);
    } finally {
      signal.removeEventListener("abort", abort);
      this.#give(client);
    }
  }

  async #governed<T>(command: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const permit = await this.access.governor.acquire([`target:${this.access.target}`], signal);
    let outcome: Outcome = { ok: false };
    try {
      const answer = await command();
      outcome = { ok: true };
      return answer;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = imapError(thrown, placeOf(this.access));
      outcome = { ok: false, throttled: error.errorClass === "throttled" };
      throw error;
    } finally {
      permit.release(outcome);
    }
  }

  async #take(mailbox: string | undefined, signal: AbortSignal): Promise<ImapFlow> {
    signal.throwIfAborted();
    if (this.#closed) throw new ExodusError("TARGET_CONNECTION", { params: { target: this.access.target, reason: "the session is closed" } });
    for (;;) {
      const client = this.#pick(mailbox);
      if (client?.usable === true) return client;
      if (client === undefined) break;
      this.#open -= 1;
    }
    if (this.#open >= this.limit) {
      const given = await new Promise<ImapFlow | undefined>((resolve) => this.#waiting.push(resolve));
      if (given?.usable === true && !signal.aborted) return given;
      if (given !== undefined) this.#give(given);
      return this.#take(mailbox, signal);
    }
    this.#open += 1;
    try {
      const open = (): Promise<ImapFlow> => openConnection(this.access, signal);
      const client = await (this.#answered ? comeBack(open, signal) : open());
      this.#answered = true;
      return client;
    } catch (thrown) {
      this.#open -= 1;
      this.#waiting.shift()?.(undefined);
      throw thrown;
    }
  }

  #pick(mailbox: string | undefined): ImapFlow | undefined {
    const at = this.#idle.findIndex((client) => mailbox !== undefined && client.mailbox !== false && client.mailbox.path === mailbox);
    return at === -1 ? this.#idle.pop() : this.#idle.splice(at, 1)[0];
  }

  #give(client: ImapFlow): void {
    if (this.#closed) {
      void end(client);
      return;
    }
    if (!client.usable) {
      this.#open -= 1;
      this.#waiting.shift()?.(undefined);
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(client);
    else next(client);
  }
}

async function end(client: ImapFlow): Promise<void> {
  try {
    await client.logout();
  } catch {
    // The server closed first: nothing was left to say.
    client.close();
  }
}
