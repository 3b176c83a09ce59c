import { ExodusError } from "../../core/errors.js";
import type { ContainerRole } from "../../core/item.js";
import { serial } from "../../lib/serial.js";
import { alteration, distinctName, mailboxName, NAME_LEVELS, NO_SEPARATOR, utf8Limit, type MailboxWish, type NameLimit } from "../imap/mailbox-names.js";
import type { Arguments } from "./client.js";
import { errorOf, setRefusal, type MailAccess, type SetError } from "./emails.js";
import { mailboxNameLimit } from "./session.js";
import { textOrNull } from "./values.js";

/** Roles of the registry that RFC 8621 §2 names; Apache James 3.8 calls that of junk mail "spam". */
const ROLES: Readonly<Partial<Record<ContainerRole, readonly string[]>>> = {
  inbox: ["inbox"], sent: ["sent"], drafts: ["drafts"], trash: ["trash"], junk: ["junk", "spam"], archive: ["archive"],
};

/** Another name may do. */
const NAME_REFUSED: ReadonlySet<string> = new Set(["invalidProperties", "invalidArguments", "invalidPatch"]);
/** Cyrus says `serverFail` of a name with one of "%/;<>\`{|} and of one that is too long; its words alone tell them from what passes (cyrusimap/cyrus-imapd@1f3a1293, imap/jmap_util.c and imap/imap_err.et). */
const BAD_NAME = "Invalid mailbox name";

export interface EnsuredMailbox {
  readonly id: string;
  readonly created: boolean;
  readonly altered: boolean;
  readonly cut: boolean;
}

interface Mailbox {
  readonly name: string;
  readonly parentId: string | null;
  readonly role: string | null;
  readonly isSubscribed: boolean;
}

/** The mailboxes of one account: what stands there (listed once) and which container of the source took which. */
export class Mailboxes {
  readonly #standing = new Map<string, Mailbox>();
  readonly #claims = new Map<string, string>();
  readonly #places = new Map<string, string>();
  #limit: NameLimit | undefined;
  readonly #inTurn = serial();

  /** @param prefix names of the mailboxes above everything, from the top level down. */
  constructor(private readonly mail: MailAccess, private readonly prefix: readonly string[]) {}

  /** Finds, makes, renames or moves the wish's mailbox, and subscribes to it. One at a time: each looks at what the others left. */
  ensure(wish: MailboxWish, known: string | undefined, signal: AbortSignal): Promise<EnsuredMailbox> {
    return this.#inTurn(async () => {
      const limit = await this.#load(signal);
      const ensured = this.#byRole(wish, known) ?? (await this.#byName(wish, known, limit, signal));
      // Programs that show subscribed mailboxes only would hide what was put there. Later, who unsubscribes is obeyed.
      if (known === undefined) await this.#subscribe(ensured.id, signal);
      this.#claims.set(ensured.id, wish.id);
      this.#places.set(wish.id, ensured.id);
      return ensured;
    });
  }

  /** The mailbox that the wish has, or would have, among those that stand: under a name that bears its mark where another took its own. Undefined when there is none. */
  find(wish: MailboxWish, signal: AbortSignal): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const limit = await this.#load(signal);
      const byRole = this.#byRole(wish, undefined);
      if (byRole !== undefined) return byRole.id;
      let parent: string | null = null;
      const above = [...this.prefix, ...wish.path.slice(0, -1)];
      for (const name of above) {
        const at: string | null = parent;
        const there = NAME_LEVELS.map((level) => this.#child(at, mailboxName(name, NO_SEPARATOR, level, limit).name)).find((id) => id !== undefined);
        if (there === undefined) return undefined;
        parent = there;
      }
      const place = parent;
      return NAME_LEVELS.flatMap((level) => {
        const plain = mailboxName(wish.path.at(-1) ?? "", NO_SEPARATOR, level, limit);
        return [distinctName(plain, wish.id, limit), plain].flatMap(({ name }) => this.#child(place, name) ?? []);
      })[0];
    });
  }

  /** Destroys a mailbox that has neither messages nor children, as the server sees to (RFC 8621 §2.5). Answers whether it is gone; one with a role never is. */
  removeEmpty(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#inTurn(async () => {
      await this.#load(signal);
      const mailbox = this.#standing.get(id);
      if (mailbox === undefined) return true;
      if (mailbox.role !== null) return false;
      const error = errorOf((await this.#set({ destroy: [id], onDestroyRemoveEmails: false }, signal))["notDestroyed"], id);
      if (error?.type === "mailboxHasEmail" || error?.type === "mailboxHasChild") return false;
      if (error !== undefined && error.type !== "notFound") throw setRefusal(this.mail.client, "Mailbox/set", error);
      this.#standing.delete(id);
      this.#claims.delete(id);
      return true;
    });
  }

  async #load(signal: AbortSignal): Promise<NameLimit> {
    if (this.#limit !== undefined) return this.#limit;
    const { client, account } = this.mail;
    const session = await client.session(signal);
    const { list } = await client.call("Mailbox/get", { accountId: account, ids: null, properties: ["id", "name", "parentId", "role", "isSubscribed"] }, signal);
    for (const { id, name, parentId, role, isSubscribed } of Array.isArray(list) ? (list as readonly Arguments[]) : []) {
      this.#standing.set(String(id), { name: String(name), parentId: textOrNull(parentId), role: textOrNull(role), isSubscribed: isSubscribed === true });
    }
    this.#limit = utf8Limit(mailboxNameLimit(session, account));
    return this.#limit;
  }

  /** A standing mailbox with the role. A place taken before is kept, whatever its name. */
  #byRole({ id, path, role }: MailboxWish, known: string | undefined): EnsuredMailbox | undefined {
    const roles = path.length !== 1 || role === undefined || this.prefix.length > 0 ? undefined : ROLES[role];
    if (roles === undefined) return undefined;
    const found = (mailbox: string): EnsuredMailbox => ({ id: mailbox, created: false, altered: false, cut: false });
    if (known !== undefined && this.#standing.has(known)) return found(known);
    for (const [mailbox, { role: standing }] of this.#standing) {
      if (standing !== null && roles.includes(standing) && this.#isFree(mailbox, id)) return found(mailbox);
    }
    return undefined;
  }

  async #byName(wish: MailboxWish, known: string | undefined, limit: NameLimit, signal: AbortSignal): Promise<EnsuredMailbox> {
    const standing = known !== undefined && this.#standing.has(known) ? known : undefined;
    const parent = await this.#parentOf(wish, limit, signal);
    // Levels may write the same name: its refusal stands.
    const refused = new Map<string, SetError>();
    for (const level of NAME_LEVELS) {
      const plain = mailboxName(wish.path.at(-1) ?? "", NO_SEPARATOR, level, limit);
      const distinct = distinctName(plain, wish.id, limit);
      // The inbox of every server is called so in IMAP, whatever the case, and is not this container's.
      const names = parent === null && plain.name.toUpperCase() === "INBOX" ? [distinct] : [plain, distinct];
      for (const name of names) {
        const there = this.#child(parent, name.name) ?? (name === distinct ? this.#composed(parent, name.name) : undefined);
        if (there !== undefined && (!this.#isFree(there, wish.id) || (standing !== undefined && there !== standing))) continue;
        if (there !== undefined) return { id: there, created: false, ...alteration(name) };
        const made = refused.get(name.name) ?? (await this.#make(name.name, parent, standing, signal));
        if (typeof made === "string") return { id: made, created: standing === undefined, ...alteration(name) };
        refused.set(name.name, made);
        // Where no form of the name is taken, another mailbox may have one that the server holds for the same.
        if (level !== NAME_LEVELS.at(-1)) break;
      }
    }
    throw this.#refused([...refused.values()].at(-1) ?? {});
  }

  /** Where the parent was put in this session, else where its names lead. */
  async #parentOf(wish: MailboxWish, limit: NameLimit, signal: AbortSignal): Promise<string | null> {
    const placed = wish.parentId === undefined ? undefined : this.#places.get(wish.parentId);
    if (placed !== undefined) return placed;
    let parent: string | null = null;
    for (const name of [...this.prefix, ...wish.path.slice(0, -1)]) parent = await this.#above(name, parent, limit, signal);
    return parent;
  }

  async #above(name: string, parent: string | null, limit: NameLimit, signal: AbortSignal): Promise<string> {
    const levels = [...new Set(NAME_LEVELS.map((level) => mailboxName(name, NO_SEPARATOR, level, limit).name))];
    const there = levels.map((one) => this.#child(parent, one)).find((id) => id !== undefined);
    if (there !== undefined) return there;
    let refusal: SetError = {};
    for (const level of levels) {
      const made = await this.#make(level, parent, undefined, signal);
      if (typeof made === "string") return made;
      refusal = made;
    }
    throw this.#refused(refusal);
  }

  /** No name did. */
  #refused(refusal: SetError): ExodusError {
    return new ExodusError("TARGET_CONTAINER_REFUSED", { params: { ...setRefusal(this.mail.client, "Mailbox/set", refusal).params } });
  }

  /** Id of the mailbox, made or renamed; the refusal where another name may do. @throws ExodusError for every other one. */
  async #make(name: string, parentId: string | null, standing: string | undefined, signal: AbortSignal): Promise<string | SetError> {
    const { created, notCreated, notUpdated } = await this.#set(
      standing === undefined ? { create: { new: { name, parentId, isSubscribed: true } } } : { update: { [standing]: { name, parentId } } }, signal);
    const id = standing ?? (created as Readonly<Record<string, { readonly id?: string }>> | null | undefined)?.["new"]?.id;
    const error = errorOf(standing === undefined ? notCreated : notUpdated, standing ?? "new");
    if (error === undefined && id !== undefined) {
      this.#standing.set(id, { name, parentId, role: this.#standing.get(id)?.role ?? null, isSubscribed: standing === undefined || this.#standing.get(id)?.isSubscribed === true });
      return id;
    }
    const refused = error ?? { type: "serverPartialFail" };
    if (!isNameRefused(refused)) throw setRefusal(this.mail.client, "Mailbox/set", refused);
    return refused;
  }

  /** Refused, the mail is there all the same: nothing is lost, and no other attempt would bring more. */
  async #subscribe(id: string, signal: AbortSignal): Promise<void> {
    const mailbox = this.#standing.get(id);
    if (mailbox === undefined || mailbox.isSubscribed) return;
    const { notUpdated } = await this.#set({ update: { [id]: { isSubscribed: true } } }, signal);
    if (errorOf(notUpdated, id) === undefined) this.#standing.set(id, { ...mailbox, isSubscribed: true });
  }

  #set(change: Arguments, signal: AbortSignal): Promise<Arguments> {
    return this.mail.client.call("Mailbox/set", { accountId: this.mail.account, ...change }, signal);
  }

  #child(parent: string | null, name: string): string | undefined {
    for (const [id, mailbox] of this.#standing) if (mailbox.parentId === parent && mailbox.name === name) return id;
    return undefined;
  }

  /** Under a name in composed letters, which Cyrus makes of any. */
  #composed(parent: string | null, name: string): string | undefined {
    return this.#child(parent, name.normalize("NFC"));
  }

  #isFree(mailbox: string, wish: string): boolean {
    return (this.#claims.get(mailbox) ?? wish) === wish;
  }
}

function isNameRefused({ type, description }: SetError): boolean {
  return NAME_REFUSED.has(String(type)) || (type === "serverFail" && description === BAD_NAME);
}
