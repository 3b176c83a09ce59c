import { createHash } from "node:crypto";
import type { ContainerChanges } from "../../src/core/adapter.js";
import { emailChanges } from "../../src/drivers/jmap/changes.js";
import type { MailAccess } from "../../src/drivers/jmap/emails.js";
import type { Labels } from "../../src/drivers/jmap/labels.js";

/**
 * What changed in an account since it was verified. JMAP has one state for all its mailboxes, so that one answer serves them all. What labels are called is in no message: where
 * one was renamed or removed, every message may be another than it was to be.
 */
export class MailChanges {
  readonly #told = new Map<string | undefined, Promise<ContainerChanges | undefined>>();

  constructor(private readonly mail: MailAccess, private readonly labels: Labels | undefined) {}

  /** Asked once a session: an older answer has the older state with it. */
  since(since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
    const known = this.#told.get(since) ?? this.#ask(since, signal);
    this.#told.set(since, known);
    known.catch(() => this.#told.delete(since));
    return known;
  }

  async #ask(since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
    const { client, account } = this.mail;
    const labels = this.labels === undefined ? "-" : createHash("sha256").update(JSON.stringify(await this.labels.keywords(signal))).digest("hex");
    const start = `jmap ${client.access.base.origin} ${account} ${labels} `;
    const { state, changed } = await emailChanges(this.mail, since?.startsWith(start) === true ? since.slice(start.length) : undefined, signal);
    return state === "" ? undefined : { state: `${start}${state}`, changed };
  }
}
