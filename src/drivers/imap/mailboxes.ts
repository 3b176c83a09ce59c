import type { ImapFlow, ListResponse } from "imapflow";
import { ExodusError } from "../../core/errors.js";
import type { ContainerRole } from "../../core/item.js";
import { serial } from "../../lib/serial.js";
import { foldedName } from "../../lib/target-names.js";
import type { Connections } from "./connections.js";
import { markUse } from "./special-use.js";
import { alteration, distinctName, mailboxName, NAME_LEVELS, type MailboxWish } from "./mailbox-names.js";

/** SPECIAL-USE attributes (RFC 6154 §2) of the roles that a mail folder may have. */
const SPECIAL_USE: Readonly<Partial<Record<ContainerRole, string>>> = {
  sent: "\\Sent", drafts: "\\Drafts", trash: "\\Trash", junk: "\\Junk", archive: "\\Archive",
};

export interface EnsuredMailbox {
  /** Path at the server, with its separators. */
  readonly path: string;
  readonly created: boolean;
  readonly altered: boolean;
  readonly cut: boolean;
}

/** The mailboxes of one account: what stands there (listed once) and which container of the source took which. */
export class Mailboxes {
  readonly #standing = new Map<string, ListResponse | undefined>();
  readonly #claims = new Map<string, string>();
  readonly #places = new Map<string, string>();
  /** Special uses that were given since the mailboxes were listed, by path. */
  readonly #marked = new Map<string, string>();
  #separator: string | undefined;
  readonly #inTurn = serial();

  /** @param prefix names of the mailboxes above everything, from the top level down. */
  constructor(private readonly connections: Connections, private readonly prefix: readonly string[]) {}

  /** Finds, makes or renames the wish's mailbox and subscribes to it. One at a time: each looks at what the others left. */
  ensure(wish: MailboxWish, known: string | undefined, signal: AbortSignal): Promise<EnsuredMailbox> {
    return this.#inTurn(() => this.connections.run(async (client) => {
      await this.#load(client);
      const ensured = this.#byRole(wish, known) ?? (await this.#byName(client, wish, known));
      if (ensured.created) await this.#mark(client, ensured.path, wish);
      // Programs that show subscribed mailboxes only would hide what was put there. Later, who unsubscribes is obeyed.
      const listed = this.#standing.get(ensured.path);
      if (known === undefined && listed !== undefined && listed.subscribed !== true) await client.mailboxSubscribe(ensured.path);
      this.#claims.set(ensured.path, wish.id);
      this.#places.set(wish.id, ensured.path);
      return ensured;
    }, signal));
  }

  /** Path of the mailbox that `ensure` has found or made for the wish, or would; makes nothing. Names above the last are taken as they are, since nobody knows whose they are. */
  find(wish: MailboxWish, signal: AbortSignal): Promise<string> {
    return this.#inTurn(() => this.connections.run(async (client) => {
      await this.#load(client);
      const separator = this.#separator ?? "/";
      const [top = "", ...below] = wish.path;
      const atTop = this.#byRole({ ...wish, path: [top] }, undefined)?.path;
      let path = atTop ?? this.#standingName([...this.prefix].map((name) => mailboxName(name, separator, 0).name + separator).join(""), top, below.length === 0 ? wish.id : undefined);
      for (const [index, name] of below.entries()) path = this.#standingName(path + separator, name, index === below.length - 1 ? wish.id : undefined);
      return path;
    }, signal));
  }

  /** The form of a name under which a mailbox stands; the plain one when none does. `id`: of whose own mark a second one of that name would carry. */
  #standingName(parent: string, name: string, id: string | undefined): string {
    const plain = NAME_LEVELS.map((level) => mailboxName(name, this.#separator ?? "/", level));
    const marked = id === undefined ? [] : plain.map((form) => distinctName(form, id));
    const found = [...marked, ...plain].find((form) => this.#standing.has(parent + form.name));
    return parent + (found ?? plain[0])?.name;
  }

  /** Deletes a mailbox that has neither messages nor children. Answers whether it is gone; INBOX never is. */
  removeEmpty(path: string, signal: AbortSignal): Promise<boolean> {
    return this.#inTurn(() => this.connections.run(async (client) => {
      await this.#load(client);
      if (path.toUpperCase() === "INBOX") return false;
      if (!this.#standing.has(path)) return true;
      if ([...this.#standing.keys()].some((other) => other.startsWith(path + this.#separator))) return false;
      const status = await client.status(path, { messages: true });
      if (status === false || (status.messages ?? 1) > 0) return false;
      if (client.mailbox !== false) await client.mailboxClose();
      await client.mailboxUnsubscribe(path);
      // Cyrus deletes none that has a special use (`specialuse_protect`).
      if (this.#marked.has(path) || this.#standing.get(path)?.specialUse !== undefined) await markUse(client, path, null);
      await client.mailboxDelete(path);
      this.connections.reselect();
      this.#standing.delete(path);
      this.#marked.delete(path);
      this.#claims.delete(path);
      return true;
    }, signal));
  }

  async #load(client: ImapFlow): Promise<void> {
    if (this.#separator !== undefined) return;
    for (const mailbox of await client.list()) {
      // \NonExistent and \Noselect name places in the hierarchy, not mailboxes (RFC 5258 §3, RFC 3501 §7.2.2).
      if (!mailbox.flags.has("\\Noselect") && !mailbox.flags.has("\\NonExistent")) this.#standing.set(mailbox.path, mailbox);
    }
    this.#separator = client.namespace?.delimiter ?? this.#standing.get("INBOX")?.delimiter ?? "/";
  }

  /** INBOX, or a standing mailbox with the role's special use. A place taken before is kept, whatever its name. */
  #byRole({ id, path, role }: MailboxWish, known: string | undefined): EnsuredMailbox | undefined {
    if (path.length !== 1 || role === undefined || this.prefix.length > 0) return undefined;
    const found = (mailbox: string): EnsuredMailbox => ({ path: mailbox, created: false, altered: false, cut: false });
    if (role === "inbox") return found("INBOX");
    const use = SPECIAL_USE[role];
    if (use === undefined) return undefined;
    if (known !== undefined && this.#standing.has(known)) return found(known);
    for (const [mailbox, listed] of this.#standing) {
      if (listed?.specialUse === use && (this.#claims.get(mailbox) ?? id) === id) return found(mailbox);
    }
    return undefined;
  }

  /** A mailbox that was made for a role says so, where nothing else has that use: mail programs file what is sent or thrown away by it. */
  async #mark(client: ImapFlow, mailbox: string, { path, role }: MailboxWish): Promise<void> {
    const use = role === undefined ? undefined : SPECIAL_USE[role];
    if (use === undefined || path.length !== 1 || this.prefix.length > 0) return;
    const uses = [...this.#marked.values(), ...[...this.#standing.values()].map((listed) => listed?.specialUse)];
    if (!uses.includes(use) && (await markUse(client, mailbox, use))) this.#marked.set(mailbox, use);
  }

  async #byName(client: ImapFlow, wish: MailboxWish, known: string | undefined): Promise<EnsuredMailbox> {
    const standing = known !== undefined && this.#standing.has(known) ? known : undefined;
    const parent = this.#parentOf(wish);
    let refusal: unknown;
    // Levels may write the same name: it is not asked for again.
    const refused = new Set<string>();
    for (const level of NAME_LEVELS) {
      const plain = mailboxName(wish.path.at(-1) ?? "", this.#separator ?? "/", level);
      const distinct = distinctName(plain, wish.id);
      // INBOX is one mailbox whatever its case (RFC 3501 §5.1), and not this container's.
      const names = parent === "" && plain.name.toUpperCase() === "INBOX" ? [distinct] : [plain, distinct];
      for (const name of names) {
        const path = parent + name.name;
        if ((this.#claims.get(path) ?? wish.id) !== wish.id) continue;
        if (path === standing || (standing === undefined && this.#standing.has(path))) return { ...alteration(name), path, created: false };
        if (this.#standing.has(path)) continue;
        if (refused.has(path)) break;
        const made = await this.#make(client, path, standing).catch((thrown: unknown) => {
          if (!isRefusal(thrown)) throw thrown;
          refusal = thrown;
          refused.add(path);
          return undefined;
        });
        if (made === undefined) break;
        if ((this.#claims.get(made.path) ?? wish.id) === wish.id) return { ...alteration(name), ...made };
      }
    }
    const reason = (refusal as { responseText?: string } | undefined)?.responseText ?? "";
    throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: this.connections.access.target, reason: reason.slice(0, 300) }, cause: refusal });
  }

  /** Where the parent was put in this session, else where its names lead; with the separator at the end. */
  #parentOf(wish: MailboxWish): string {
    const separator = this.#separator ?? "/";
    const placed = wish.parentId === undefined ? undefined : this.#places.get(wish.parentId);
    // A mailbox that takes no children (RFC 3501 §7.2.2): the child stands at the top level.
    if (placed !== undefined && this.#standing.get(placed)?.flags.has("\\Noinferiors") === true) return "";
    if (placed !== undefined) return placed + separator;
    return [...this.prefix, ...wish.path.slice(0, -1)].map((name) => mailboxName(name, separator, 0).name + separator).join("");
  }

  async #make(client: ImapFlow, path: string, standing: string | undefined): Promise<{ path: string; created: boolean }> {
    if (standing !== undefined) return this.#rename(client, standing, path);
    const answer = await client.mailboxCreate(path);
    if (answer.created) {
      this.#standing.set(answer.path, undefined);
      return { path: answer.path, created: true };
    }
    // The server takes it for a mailbox listed under another spelling (case or normal form).
    const spelled = [...this.#standing.keys()].find((listed) => foldedName(listed) === foldedName(answer.path)) ?? answer.path;
    this.#standing.set(spelled, this.#standing.get(spelled));
    return { path: spelled, created: false };
  }

  /** RENAME carries the children along (RFC 3501 §6.3.5) but not the subscriptions. */
  async #rename(client: ImapFlow, from: string, to: string): Promise<{ path: string; created: boolean }> {
    if (client.mailbox !== false) await client.mailboxClose();
    const { newPath } = await client.mailboxRename(from, to);
    this.connections.reselect();
    const below = from + (this.#separator ?? "/");
    for (const [path, listed] of [...this.#standing]) {
      if (path !== from && !path.startsWith(below)) continue;
      const moved = newPath + path.slice(from.length);
      const claim = this.#claims.get(path);
      this.#standing.delete(path);
      this.#claims.delete(path);
      this.#standing.set(moved, listed);
      if (claim !== undefined) {
        this.#claims.set(moved, claim);
        this.#places.set(claim, moved);
      }
      await client.mailboxUnsubscribe(path);
      await client.mailboxSubscribe(moved);
    }
    return { path: newPath, created: false };
  }
}

/** A NO or BAD that another name may overcome; quota, rights and broken connections are not. */
function isRefusal(thrown: unknown): boolean {
  const { responseStatus, serverResponseCode } = thrown as { responseStatus?: string; serverResponseCode?: string };
  return responseStatus !== undefined && !["OVERQUOTA", "NOPERM", "LIMIT", "INUSE", "UNAVAILABLE"].includes(serverResponseCode?.toUpperCase() ?? "");
}
