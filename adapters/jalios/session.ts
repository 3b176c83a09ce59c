import { markOf } from "../../src/convert/message/origin.js";
import type { Account, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { content } from "../../src/drivers/jalios/contents.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import type { ByChannel } from "../../src/kit/by-channel.js";
import { CARD_RULE } from "../../src/kit/message-losses.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import { MessagePut, type MessageOptions } from "./message-put.js";

const ATTEMPTS = 3;

export interface SessionOptions extends MessageOptions {
  readonly account: Account;
  /** Ids of the workspaces that the administrator made. */
  readonly workspaces: ByChannel<string>;
  readonly me: (signal: AbortSignal) => Promise<string>;
}

/** The channels of one team, each in its workspace. TargetContainer.id = the workspace's id and a mark of what the source calls the channel. */
export class JaliosSession implements TargetSession {
  readonly #seen = new Set<string>();

  constructor(private readonly options: SessionOptions) {}

  /** Workspaces are made by people. What tells about the team itself is left out. */
  prepare(container: PlacedContainer, _known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(async () => {
      await this.options.me(signal);
      const workspace = container.role === "root" ? "" : this.#workspace(container.name);
      if (workspace !== "") await this.#check(workspace, signal);
      return { id: idOf(workspace, container), created: false, losses: [] };
    }, { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const message = messageOf(item);
    return message === undefined ? { outcome: "skipped", code: CARD_RULE } : this.#message(message, context).put();
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const message = messageOf(item);
    return message === undefined ? undefined : this.#message(message, context).find();
  }

  /** Done where it is gone already: nothing that may be somebody's work by now is deleted by an interface that nobody has tried. */
  async remove({ id }: TargetRef, _into: TargetContainer, signal: AbortSignal): Promise<void> {
    const { client } = this.options;
    if ((await content(client, id.slice(id.indexOf("/") + 1), signal)) !== undefined) throw client.error("TARGET_CANNOT_REMOVE", id);
  }

  removeContainer(): Promise<boolean> {
    return Promise.resolve(false);
  }

  verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const message = messageOf(item);
    return message === undefined ? Promise.resolve({ state: "unverifiable", fields: [] }) : this.#message(message, context).verify(ref);
  }

  async close(): Promise<void> {
    this.options.members.close();
    await this.options.client.close();
  }

  #workspace(channel: string): string {
    const { workspaces, account, client } = this.options;
    const found = workspaces.of(account.name, channel);
    if (found === undefined) throw new ExodusError("TARGET_NO_WORKSPACE", { params: { target: client.access.target, account: account.name, container: `${account.name}/${channel}` } });
    return found;
  }

  /** A content of a workspace that is not there would stand who knows where. */
  async #check(workspace: string, signal: AbortSignal): Promise<void> {
    if (this.#seen.has(workspace)) return;
    const { client } = this.options;
    if ((await content(client, workspace, signal)) === undefined) throw client.error("TARGET_CONTAINER_MISSING", `workspaces: ${workspace}`);
    this.#seen.add(workspace);
  }

  #message(item: Item<ChatMessageRecord>, context: PutContext): MessagePut {
    const workspace = /^(\w+)\/o365-[a-z2-7]{16}$/.exec(context.into.id)?.[1];
    if (workspace === undefined) throw this.options.client.error("TARGET_CONTAINER_MISSING", "no channel's");
    return new MessagePut(workspace, item, context, this.options);
  }
}

function idOf(workspace: string, { workload, id }: PlacedContainer): string {
  return `${workspace}/${markOf({ workload, id })}`;
}

function messageOf(item: Item): Item<ChatMessageRecord> | undefined {
  const { record, ...rest } = conversationItem(item);
  return record.type === "chat-message" ? { ...rest, record } : undefined;
}
