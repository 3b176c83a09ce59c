import type { ExodusError } from "../../core/errors.js";
import { serial } from "../../lib/serial.js";
import type { Arguments } from "./client.js";
import { errorOf, setRefusal, type MailAccess, type SetError } from "./emails.js";
import { textOrNull } from "./values.js";

/**
 * A label of Twake Mail (linagora/tmail-backend@cbb8acd6, docs/modules/ROOT/pages/tmail-backend/jmap-extensions/jmapLabels.adoc): the server makes its keyword, which messages
 * carry; name and colour ("#" and six hexadecimal digits) are what people see.
 */
export interface Label {
  readonly id: string;
  readonly name: string;
  readonly keyword: string;
  readonly color: string | null;
  /** Of an administrator (version 2): it cannot be changed. */
  readonly readOnly: boolean;
}

/** The labels of one account, listed once. Two of one name are nowhere forbidden: one at a time looks and makes. */
export class Labels {
  #standing: Map<string, Label> | undefined;
  /** By name in small letters: a category that the server does not take comes with each of its messages. */
  readonly #refused = new Map<string, ExodusError>();
  readonly #inTurn = serial();

  constructor(private readonly mail: MailAccess) {}

  /** By its name, as people write it: case does not tell two categories apart in Outlook. */
  find(name: string, signal: AbortSignal): Promise<Label | undefined> {
    return this.#inTurn(async () => (await this.#load(signal)).get(name.toLowerCase()));
  }

  /** Names with their keywords, in the order of the names. */
  keywords(signal: AbortSignal): Promise<readonly (readonly [name: string, keyword: string])[]> {
    return this.#inTurn(async () => [...(await this.#load(signal)).values()].map(({ name, keyword }) => [name, keyword] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The label as it stands now, for whoever changes it. */
  async again(name: string, signal: AbortSignal): Promise<Label | undefined> {
    this.#standing = undefined;
    return this.find(name, signal);
  }

  /** The one that stands, else a new one. @throws ExodusError TARGET_REFUSED_ITEM when the server does not take it. */
  ensure(name: string, color: string | null, signal: AbortSignal): Promise<{ readonly label: Label; readonly made: boolean }> {
    return this.#inTurn(async () => {
      const standing = (await this.#load(signal)).get(name.toLowerCase());
      if (standing !== undefined) return { label: standing, made: false };
      const refused = this.#refused.get(name.toLowerCase());
      if (refused !== undefined) throw refused;
      const { created, notCreated } = await this.#set({ create: { new: { displayName: name, ...(color === null ? {} : { color }) } } }, signal);
      const made = (created as Readonly<Record<string, Arguments>> | null | undefined)?.["new"];
      if (made === undefined) throw this.#refusal(name, errorOf(notCreated, "new") ?? { type: "serverPartialFail" });
      const label = { id: String(made["id"]), name, keyword: String(made["keyword"]), color, readOnly: false };
      this.#standing?.set(name.toLowerCase(), label);
      return { label, made: true };
    });
  }

  /** @throws ExodusError. */
  paint(label: Label, color: string, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const { notUpdated } = await this.#set({ update: { [label.id]: { color } } }, signal);
      const error = errorOf(notUpdated, label.id);
      if (error !== undefined) throw setRefusal(this.mail.client, "Label/set", error);
      this.#standing?.set(label.name.toLowerCase(), { ...label, color });
    });
  }

  /** Absent already: done. @throws ExodusError. */
  remove(id: string, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      this.#standing = undefined;
      const error = errorOf((await this.#set({ destroy: [id] }, signal))["notDestroyed"], id);
      if (error !== undefined && error.type !== "notFound") throw setRefusal(this.mail.client, "Label/set", error);
    });
  }

  /** Remembered where no other attempt would bring more. */
  #refusal(name: string, error: SetError): ExodusError {
    const refusal = setRefusal(this.mail.client, "Label/set", error);
    if (refusal.code === "TARGET_REFUSED_ITEM") this.#refused.set(name.toLowerCase(), refusal);
    return refusal;
  }

  /** After an answer that did not come, what the server made is looked at again. */
  async #set(change: Arguments, signal: AbortSignal): Promise<Arguments> {
    try {
      return await this.mail.client.call("Label/set", { accountId: this.mail.account, ...change }, signal);
    } catch (thrown) {
      this.#standing = undefined;
      throw thrown;
    }
  }

  async #load(signal: AbortSignal): Promise<ReadonlyMap<string, Label>> {
    if (this.#standing !== undefined) return this.#standing;
    const { list } = await this.mail.client.call("Label/get", { accountId: this.mail.account, ids: null }, signal);
    const found = (Array.isArray(list) ? (list as readonly Arguments[]) : []).map((one): Label => ({
      id: String(one["id"]), name: String(one["displayName"]), keyword: String(one["keyword"]), color: textOrNull(one["color"]), readOnly: one["readOnly"] === true,
    }));
    // Of two of one name, the first that was told.
    this.#standing = new Map(found.reverse().map((label) => [label.name.toLowerCase(), label]));
    return this.#standing;
  }
}
