import { ExodusError } from "../../core/errors.js";
import type { Arguments } from "./client.js";
import { errorOf, setRefusal, type MailAccess } from "./emails.js";
import { utcDate } from "./values.js";

export interface Import {
  readonly mailbox: string;
  readonly blobId: string;
  readonly keywords: readonly string[];
  readonly receivedAt: Date;
}

export interface Imported {
  readonly id: string;
  /** Undefined: it stood there already, and the server holds no message twice (RFC 8621 §4.8, `alreadyExists`). */
  readonly made: { readonly blobId: string } | undefined;
}

interface Waiting {
  readonly wanted: Import;
  readonly signal: AbortSignal;
  resolve(imported: Imported): void;
  reject(error: unknown): void;
}

/** Bytes of a request around its entries. */
const FRAME = 1_000;
/** Stands where a server refuses a message without any keyword; it has no meaning to mail programs. */
export const BARE = "o365-exodus";

/** Email/import (RFC 8621 §4.8). What is asked for while a request is under way goes together in the next one, within the server's limits. */
export class Imports {
  readonly #waiting: Waiting[] = [];
  #busy = false;
  /** Apache James 3.8 refuses an empty set of keywords (KeywordsValidator); later versions take it. */
  #noEmptySet = false;

  constructor(private readonly mail: MailAccess) {}

  add(wanted: Import, signal: AbortSignal): Promise<Imported> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, signal, resolve, reject });
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    // Those who ask in the same turn go together from the first request on.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch: Waiting[] = [];
      try {
        const { limits } = await this.mail.client.session(this.#waiting[0]?.signal ?? AbortSignal.abort());
        for (let size = FRAME; this.#waiting[0] !== undefined && batch.length < limits.maxObjectsInSet; batch.push(...this.#waiting.splice(0, 1))) {
          size += JSON.stringify(this.#waiting[0].wanted).length + 200;
          if (batch.length > 0 && size > limits.maxSizeRequest) break;
        }
        await this.#send(batch);
      } catch (thrown) {
        for (const { reject } of batch.length > 0 ? batch : this.#waiting.splice(0)) reject(thrown);
      }
    }
    this.#busy = false;
  }

  /** A server that cannot read one entry, or a proxy to whom the request is too large, refuses it as a whole: then each is sent alone. */
  async #send(batch: readonly Waiting[]): Promise<void> {
    let answer = await this.#ask(batch, this.#noEmptySet);
    if (isRefused(answer) && batch.length > 1) {
      for (const one of batch) await this.#send([one]).catch((thrown: unknown) => one.reject(thrown));
      return;
    }
    if (isRefused(answer) && !this.#noEmptySet && batch[0]?.wanted.keywords.length === 0) {
      answer = await this.#ask(batch, true);
      // Refused all the same, it was not for its keywords: the next message is sent as it is.
      this.#noEmptySet = !(answer instanceof ExodusError);
    }
    if (answer instanceof ExodusError) throw answer;
    const answered = answer;
    batch.forEach((one, at) => this.#settle(one, `m${at}`, answered));
  }

  /** The answer to one request; a refusal is given whether the method or the whole request was refused. @throws ExodusError for what is no answer. */
  async #ask(batch: readonly Waiting[], noEmptySet: boolean): Promise<Arguments | ExodusError> {
    const { client, account } = this.mail;
    const emails = Object.fromEntries(batch.map(({ wanted }, at) => [`m${at}`, entryOf(wanted, noEmptySet)]));
    try {
      return await client.call("Email/import", { accountId: account, emails }, batch[0]?.signal ?? AbortSignal.abort());
    } catch (thrown) {
      if (thrown instanceof ExodusError && isRefused(thrown)) return thrown;
      throw thrown;
    }
  }

  #settle({ resolve, reject }: Waiting, key: string, { created, notCreated }: Arguments): void {
    const { client } = this.mail;
    const made = (created as Readonly<Record<string, Arguments>> | null | undefined)?.[key];
    const error = errorOf(notCreated, key);
    if (made !== undefined) resolve({ id: String(made["id"]), made: { blobId: String(made["blobId"]) } });
    else if (error?.type === "alreadyExists" && typeof error.existingId === "string") resolve({ id: error.existingId, made: undefined });
    // The blob expired or the mailbox went: both are made anew by the next attempt, or by the next run.
    else if (error?.type === "notFound") reject(new ExodusError("TARGET_PASSING", { params: { target: client.access.target, account: client.access.account, reason: "Email/import, notFound" } }));
    else reject(setRefusal(client, "Email/import", error ?? { type: "serverPartialFail" }));
  }
}

function isRefused(answer: Arguments | ExodusError): boolean {
  return answer instanceof ExodusError && answer.code === "TARGET_REFUSED_ITEM";
}

function entryOf({ mailbox, blobId, keywords, receivedAt }: Import, noEmptySet: boolean): object {
  const all = noEmptySet && keywords.length === 0 ? [BARE] : keywords;
  return { blobId, mailboxIds: { [mailbox]: true }, keywords: Object.fromEntries(all.map((keyword) => [keyword, true])), receivedAt: utcDate(receivedAt) };
}
