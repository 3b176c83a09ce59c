import type { Change, Container, Loss, Owner } from "../../core/item.js";
import type { Feed, ReadContext, Workload } from "../../core/source.js";
import { AutomaticReplyRecord, CategoryRecord, FocusedOverrideRecord, MailboxSettingsRecord, MessageRuleRecord, type FolderRef } from "../../format/settings.js";
import { cardOf } from "../reading/card.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { itemTitle } from "../reading/item-title.js";
import { MailFolderNames } from "../mail/mail-folder-names.js";
import type { GraphCategory, GraphMailboxSettings, GraphMessageRule, GraphOverride } from "../map/graph-settings.js";
import { automaticReplyRecord, categoryRecord, focusedOverrideRecord, mailboxSettingsRecord, messageRuleRecord } from "../map/mailbox-settings.js";
import { itemFailure } from "../reading/read-errors.js";
import { shaped } from "../reading/shaped.js";

interface Recorded {
  readonly record: unknown;
  readonly losses?: readonly Loss[];
}

/** One setting as the source tells it: its id in the mailbox, its name for people, and how its record is made. */
interface Told {
  readonly id: string;
  readonly title: string;
  record(): Recorded | Promise<Recorded>;
}

/** One list of settings of a mailbox. */
interface Kind {
  readonly id: string;
  readonly name: string;
  /** What the cloud must have for it, as "type.property". */
  readonly needs?: string;
  read(mailbox: Mailbox): AsyncIterable<Told>;
}

/** A mailbox being read. */
interface Mailbox {
  readonly client: GraphClient;
  readonly path: string;
  readonly wanted: RequestOptions;
  readonly folders: MailFolderNames;
  readonly lacksPurpose: boolean;
  settings(): Promise<GraphMailboxSettings>;
}

/**
 * What a mailbox is set to. Each kind is a list of its own, so that one which is denied (overrides need Mail.Read, the others MailboxSettings.Read) leaves the
 * others readable. An override, like a rule or a category, is an item: it is added and removed by itself, and counts add up with what Outlook shows.
 */
const KINDS: readonly Kind[] = [
  {
    id: "mailbox", name: "Mailbox",
    async *read(mailbox) {
      const settings = await mailbox.settings();
      yield { id: "mailboxSettings", title: "mailbox settings", record: () => settingsOf(mailbox, settings) };
      yield { id: "automaticReply", title: "automatic reply", record: () => ({ record: shaped(AutomaticReplyRecord, automaticReplyRecord(settings.automaticRepliesSetting ?? {}), "automaticRepliesSetting") }) };
    },
  },
  {
    id: "rules", name: "Rules", needs: "mailFolder.messageRules",
    async *read(mailbox) {
      // Rules are those of the inbox (mailfolder-list-messagerules).
      const rules: GraphMessageRule[] = [];
      for await (const rule of listed<GraphMessageRule>(mailbox, "/mailFolders/inbox/messageRules")) rules.push(rule);
      // In the order in which they run: in a filter that is being written, no rule then stands without those that may keep mail from it.
      for (const rule of rules.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))) {
        yield { id: `rules/${rule.id}`, title: itemTitle(rule.displayName, rule.id), record: () => ruleOf(mailbox, rule) };
      }
    },
  },
  {
    id: "categories", name: "Categories", needs: "outlookUser.masterCategories",
    async *read(mailbox) {
      for await (const category of listed<GraphCategory>(mailbox, "/outlook/masterCategories")) {
        yield { id: `categories/${category.id}`, title: itemTitle(category.displayName, category.id), record: () => ({ record: shaped(CategoryRecord, categoryRecord(category), "masterCategories") }) };
      }
    },
  },
  {
    id: "overrides", name: "Focused inbox",
    async *read(mailbox) {
      // The page of inferenceclassification-list-overrides asks for Mail.Read.
      for await (const override of listed<GraphOverride>(mailbox, "/inferenceClassification/overrides", "Mail.Read")) {
        yield { id: `overrides/${override.id}`, title: itemTitle(override.senderEmailAddress?.address, override.id), record: () => ({ record: shaped(FocusedOverrideRecord, focusedOverrideRecord(override), "overrides") }) };
      }
    },
  },
];

export interface SettingsOptions {
  /** What the cloud's metadata lacks, as "type.property". */
  readonly cloudLacks: ReadonlySet<string>;
}

/**
 * Settings of a mailbox: its own (user-get-mailboxsettings), the automatic reply, inbox rules, categories and overrides of the focused inbox. None has a delta:
 * every round lists them, four requests a mailbox, and where rules name folders one for each and one for those that every mailbox has. Graph tells no signatures.
 */
export function createSettingsWorkload(client: GraphClient, { cloudLacks }: SettingsOptions): Workload {
  const asked = new WeakMap<Feed, GraphMailboxSettings>();
  const kinds = KINDS.filter(({ needs }) => needs === undefined || !cloudLacks.has(needs));
  const lacksPurpose = cloudLacks.has("mailboxSettings.userPurpose");

  const mailboxOf = (owner: Owner, signal: AbortSignal, known?: GraphMailboxSettings): Mailbox => {
    const path = `/users/${owner.id}`;
    const wanted = { signal, key: `graph:mailbox:${owner.id}`, permission: "MailboxSettings.Read" };
    return { client, path, wanted, lacksPurpose, folders: new MailFolderNames(client, owner, wanted), settings: async () => known ?? client.get<GraphMailboxSettings>(`${path}/mailboxSettings`, wanted) };
  };

  async function read(owner: Owner, container: string, { id, title, record }: Told, context: ReadContext): Promise<Change> {
    try {
      return await cardOf({ key: { workload: "settings", owner: owner.id, id }, container, title, losses: [], ...(await record()) }, context);
    } catch (thrown) {
      context.signal.throwIfAborted();
      return itemFailure(thrown, { id, container, title });
    }
  }

  return {
    name: "settings",
    async *feeds(owner, signal) {
      // Asked for here, an account without mailbox is told once and not by each list.
      const settings = await mailboxOf(owner, signal).settings();
      for (const { id, name } of kinds) {
        const container: Container = { workload: "settings", owner: owner.id, id, name };
        const feed: Feed = { id, container, listing: true };
        asked.set(feed, settings);
        yield feed;
      }
    },
    async *changes(owner, feed, _since, context) {
      const changes: Change[] = [];
      for await (const one of kindOf(feed.id).read(mailboxOf(owner, context.signal, asked.get(feed)))) changes.push(await read(owner, feed.id, one, context));
      yield { changes, done: true };
    },
    async readOne(owner, id, container, context) {
      for await (const one of kindOf(container).read(mailboxOf(owner, context.signal))) if (one.id === id) return read(owner, container, one, context);
      return { kind: "tombstone", id, container };
    },
    async inventory(owner, signal) {
      const mailbox = mailboxOf(owner, signal);
      let items = 0;
      for (const kind of kinds) for await (const _one of kind.read(mailbox)) items += 1;
      return { containers: kinds.length, items };
    },
  };
}

function kindOf(container: string): Kind {
  const kind = KINDS.find(({ id }) => id === container);
  if (kind === undefined) throw new RangeError(`no settings of kind ${container}`);
  return kind;
}

async function* listed<T>({ client, path, wanted }: Mailbox, list: string, permission = wanted.permission): AsyncIterable<T> {
  for await (const page of client.pages<T>(`${path}${list}`, { ...wanted, ...(permission === undefined ? {} : { permission }) })) yield* page.value;
}

async function settingsOf({ folders, lacksPurpose }: Mailbox, settings: GraphMailboxSettings): Promise<Recorded> {
  const record = shaped(MailboxSettingsRecord, await mailboxSettingsRecord(settings, (id) => folders.ref(id)), "mailboxSettings");
  const unknown: readonly Loss[] = lacksPurpose ? [{ field: "purpose", change: "dropped", side: "source", reason: "settings.purpose-unknown" }] : [];
  return { record, losses: [...unknown, ...unnamed(folders, record.archiveFolder)] };
}

async function ruleOf({ folders }: Mailbox, rule: GraphMessageRule): Promise<Recorded> {
  const record = shaped(MessageRuleRecord, await messageRuleRecord(rule, (id) => folders.ref(id)), "messageRules");
  return { record, losses: unnamed(folders, record.actions.moveToFolder, record.actions.copyToFolder) };
}

function unnamed({ denied }: MailFolderNames, ...refs: readonly (FolderRef | undefined)[]): readonly Loss[] {
  return denied && refs.some((ref) => ref !== undefined && ref.path === undefined) ? [{ field: "folder", change: "approximated", side: "source", reason: "settings.folder-unnamed" }] : [];
}
