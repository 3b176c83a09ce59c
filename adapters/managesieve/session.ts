import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { EMPTY_SCRIPT, readMarked, writeMarked, type MarkedScript, type ReadSection } from "../../src/convert/sieve/marked-script.js";
import type { SieveMailbox } from "../../src/convert/sieve/context.js";
import type { ListedScript, SieveClient } from "../../src/drivers/managesieve/client.js";
import { comeBack } from "../../src/lib/come-back.js";
import { serial } from "../../src/lib/serial.js";
import { categoryKeyword } from "../../src/drivers/imap/keywords.js";
import { settingItem } from "../../src/kit/typed-items.js";
import { dependable } from "./dependable.js";
import { TRASH, type TargetFolders } from "./folders.js";
import { EDIT_REPLACED, INACTIVE } from "./losses.js";
import { foldersOf, isFiltered, said, type Filtered, type Said } from "./section.js";

export interface SieveAccount {
  readonly target: string;
  readonly account: string;
  /** Name of the script. */
  readonly script: string;
  readonly activate: "when-free" | "replace" | "never";
  readonly replies: "on" | "off";
  readonly domains: readonly string[];
  readonly mailbox: Pick<SieveMailbox, "addresses" | "mayResendTo">;
  readonly folders: TargetFolders;
  connect(signal: AbortSignal): Promise<SieveClient>;
}

/** What stands at the server: the script of ours, empty when there is none, and which one is in use. */
interface Standing extends MarkedScript {
  /** The name that it bears. */
  readonly name: string;
  /** Undefined: not stored yet. */
  readonly raw: string | undefined;
  readonly active: string | undefined;
}

/** The filters of one account: all of them sections of one script, which says itself whose each is. A reference is the item's idempotency key. */
export class SieveSession implements TargetSession {
  readonly #inTurn = serial();

  constructor(private readonly account: SieveAccount, private client: SieveClient) {}

  /** The script's name, and the kind of setting: nothing is made for it. A script that bore another name before takes the present one. */
  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { script } = this.account;
    const before = known === undefined ? script : scriptOf(known);
    if (before !== script) await this.#inTurn(() => this.#rename(before, signal));
    return { id: this.#idOf(container.id), created: false, losses: [] };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { record } = settingItem(item);
    if (context.into.id !== this.#idOf(context.placed.id)) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.account.target, reason: context.placed.name } });
    if (!isFiltered(record)) return { outcome: "skipped", code: "SETTING_UNPLACED" };
    return this.#inTurn(async () => {
      const standing = await this.#standing(context.signal);
      const wanted = await this.#said(record, context, standing);
      const active = await this.#activated(standing, context.signal);
      const old = standing.sections.find(({ id }) => id === context.idempotencyKey);
      const section = { id: context.idempotencyKey, container: context.placed.id, order: wanted.order, redirects: wanted.redirects, needs: wanted.needs, text: wanted.text };
      const sections = [...standing.sections.filter(({ id }) => id !== section.id), section];
      const script = writeMarked({ ...standing, activated: standing.activated || active === "now", sections });
      if (script !== standing.raw) await this.client.putScript(this.account.script, script, context.signal);
      const losses = [...wanted.losses, ...(active === "no" ? [INACTIVE] : []), ...(old?.edited === true && old.text !== section.text ? [EDIT_REPLACED] : [])];
      return { outcome: old === undefined ? "created" : sameSection(old, wanted) ? "unchanged" : "updated", ref: { id: section.id }, losses };
    });
  }

  async find(_item: Item, { idempotencyKey, signal }: PutContext): Promise<TargetRef | undefined> {
    const { sections } = await this.#inTurn(() => this.#standing(signal));
    return sections.some(({ id }) => id === idempotencyKey) ? { id: idempotencyKey } : undefined;
  }

  /** A script that says nothing more is taken away, unless somebody else wrote into it. */
  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      const standing = await this.#standing(signal, scriptOf(into.id));
      const { name } = standing;
      const sections = standing.sections.filter(({ id }) => id !== ref.id);
      if (sections.length === standing.sections.length) return;
      if (sections.length + standing.before.length + standing.after.length > 0) return this.client.putScript(name, writeMarked({ ...standing, sections }), signal);
      if (standing.active === name) await this.client.setActive(undefined, signal);
      await this.client.deleteScript(name, signal);
    });
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const before = scriptOf(id);
    const { sections } = await this.#inTurn(() => this.#standing(signal, before));
    return !sections.some(({ container }) => `${before}/${container}` === id);
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const { record } = settingItem(item);
    return this.#inTurn(async () => {
      const standing = await this.#standing(context.signal, scriptOf(context.into.id));
      const found = standing.sections.find(({ id }) => id === ref.id);
      if (found === undefined || !isFiltered(record)) return { state: "missing", fields: [] };
      const wanted = await this.#said(record, context, standing);
      const fields = [...(sameSection(found, wanted) ? [] : [{ field: "script", expected: wanted.text, found: found.text }])];
      // In use once, and no script is now. That the owner's own one took its place is the owner's choice.
      if (standing.activated && standing.active === undefined) fields.push({ field: "active", expected: standing.name, found: "" });
      return { state: fields.length === 0 ? "same" : "different", fields };
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.account.folders.close();
      await this.client.close();
    });
  }

  #idOf(container: string): string {
    return `${this.account.script}/${container}`;
  }

  /** Read anew each time: its owner may be at work too. `placed`: its name when it was last put, which it bears until the next put. */
  async #standing(signal: AbortSignal, placed = this.account.script): Promise<Standing> {
    const listed = await (await this.#connected(signal)).listScripts(signal);
    const active = listed.find((script) => script.active)?.name;
    const name = listed.some((script) => script.name === placed) ? placed : this.account.script;
    const raw = await this.#raw(name, listed, signal);
    const marked = raw === undefined ? EMPTY_SCRIPT : readMarked(raw);
    if (marked === undefined) throw new ExodusError("TARGET_SCRIPT_FOREIGN", { params: { target: this.account.target, account: this.account.account, script: name } });
    return { ...marked, name, raw, active };
  }

  /** A server closes what lies idle, and may be restarted. */
  async #connected(signal: AbortSignal): Promise<SieveClient> {
    if (!this.client.usable) this.client = await comeBack(() => this.account.connect(signal), signal);
    return this.client;
  }

  async #raw(script: string, listed: readonly ListedScript[], signal: AbortSignal): Promise<string | undefined> {
    if (!listed.some(({ name }) => name === script)) return undefined;
    try {
      return await this.client.getScript(script, signal);
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_REFUSED_ITEM") throw thrown;
      // Cyrus 3.6 cannot read, on a connection that stood before, a script that another connection has replaced since.
      await this.client.close();
      return (await this.#connected(signal)).getScript(script, signal);
    }
  }

  async #said(record: Filtered, { idempotencyKey, signal }: PutContext, { sections }: MarkedScript): Promise<Said> {
    const { domains, mailbox, folders, replies } = this.account;
    const names = new Map<string, string | undefined>();
    for (const folder of foldersOf(record)) names.set(folder.id, await folders.name(folder, signal));
    const trash = record.type === "message-rule" && record.actions.delete === true ? await folders.name(TRASH, signal) : undefined;
    return said(record, {
      replies, taken: sections.reduce((sum, { id, redirects }) => (id === idempotencyKey ? sum : sum + redirects), 0),
      context: {
        server: dependable(this.client.capabilities), domains,
        mailbox: { ...mailbox, folder: ({ id }) => names.get(id), keyword: (category) => categoryKeyword(category).keyword, ...(trash === undefined ? {} : { trash }) },
      },
    });
  }

  /**
   * Puts the script to use once, empty where it is new, so that no moment has half a section in use. "now": from this call on; "no": another one is in use, or none
   * is to be. Whoever switches it off afterwards is obeyed.
   */
  async #activated({ raw, active, activated, ...standing }: Standing, signal: AbortSignal): Promise<"now" | "yes" | "no"> {
    const { script, activate } = this.account;
    if (active === script) return activated ? "yes" : "now";
    if (activated || activate === "never" || (activate === "when-free" && active !== undefined)) return "no";
    if (raw === undefined) await this.client.putScript(script, writeMarked({ ...standing, activated: false }), signal);
    await this.client.setActive(script, signal);
    return "now";
  }

  /** One that lost its marks has become its owner's own. */
  async #rename(from: string, signal: AbortSignal): Promise<void> {
    const { script, target, account } = this.account;
    const listed = await (await this.#connected(signal)).listScripts(signal);
    if (readMarked((await this.#raw(from, listed, signal)) ?? "") === undefined) return;
    if (listed.some(({ name }) => name === script)) throw new ExodusError("TARGET_SCRIPT_TWICE", { params: { target, account, from, script } });
    await this.client.renameScript(from, script, signal);
  }
}

/** The name of the script in a container's address; the option `script` allows no slash. */
function scriptOf(id: string): string {
  return id.split("/", 1)[0] ?? "";
}

function sameSection(found: ReadSection, wanted: Pick<Said, "order" | "text">): boolean {
  return found.text === wanted.text && found.order === wanted.order;
}
