import { createHash } from "node:crypto";
import { notFound } from "../answers.js";
import { asRead } from "../tenant/as-read.js";
import type { OwnerFile } from "../tenant/entry.js";
import { membersOf, type ConversationFolder, type TeamFolder } from "../tenant/scan-teams.js";
import { guid, type TenantStore } from "../tenant/store.js";

export interface Team {
  readonly id: string;
  readonly folder: TeamFolder;
  readonly group: OwnerFile;
}

/** A channel of a team, or a chat. */
export interface Conversation {
  readonly id: string;
  readonly folder: ConversationFolder;
  /** Absent: a chat. */
  readonly team?: Team;
}

interface Listed<T> {
  readonly all: readonly T[];
  readonly byId: ReadonlyMap<string, T>;
}

/** Teams, channels and chats of the tenant by their ids. */
export class TeamsStore {
  readonly #teams = asRead((tenant) => listed(tenant.teams.flatMap((folder): readonly Team[] => {
    const group = tenant.owners.get(folder.group.toLowerCase());
    return group === undefined ? [] : [{ id: group.id, folder, group }];
  })));
  readonly #chats = asRead((tenant) => listed(tenant.chats.map((folder): Conversation => ({ id: this.#chatId(folder), folder }))));

  /** By user principal name in lower case. */
  readonly #chatsOf = asRead((tenant) => {
    const of = new Map<string, Conversation[]>();
    for (const chat of this.#chats(tenant).all) {
      for (const name of new Set(membersOf(chat.folder.card).map(({ user }) => user.toLowerCase()))) {
        const chats = of.get(name);
        if (chats === undefined) of.set(name, [chat]);
        else chats.push(chat);
      }
    }
    return of;
  });

  constructor(readonly tenant: TenantStore) {}

  team(id: string): Team {
    const found = this.#teams(this.tenant).byId.get(id.toLowerCase());
    if (found === undefined) throw notFound("NotFound", `No team found with Group Id ${id}`);
    return found;
  }

  teams(): readonly Team[] {
    return this.#teams(this.tenant).all;
  }

  channels(team: Team): readonly Conversation[] {
    return team.folder.channels.map((folder) => ({ id: this.#channelId(folder), folder, team }));
  }

  channel(team: Team, id: string): Conversation {
    const found = this.channels(team).find((channel) => channel.id === id);
    if (found === undefined) throw notFound("NotFound", "NotFound");
    return found;
  }

  chats(): readonly Conversation[] {
    return this.#chats(this.tenant).all;
  }

  chat(id: string): Conversation {
    const found = this.#chats(this.tenant).byId.get(id);
    if (found === undefined) throw notFound("NotFound", "NotFound");
    return found;
  }

  chatsOf(user: OwnerFile): readonly Conversation[] {
    return this.#chatsOf(this.tenant).get(user.name.toLowerCase()) ?? [];
  }

  /** Absolute folder of a conversation on the disk. */
  disk({ folder }: Conversation): string {
    return this.tenant.disk(folder.folder);
  }

  /** A person of the directory, or somebody from elsewhere: these have an id too, of another tenant. */
  person(name: string): { readonly id: string; readonly displayName: string; readonly mail: string; readonly tenantId: string } {
    const owner = this.tenant.owners.get(name.toLowerCase());
    const display = owner?.profile["displayName"];
    return {
      id: owner?.id ?? guid(`elsewhere ${name.toLowerCase()}`), displayName: typeof display === "string" ? display : (name.split("@")[0] ?? name), mail: name,
      tenantId: owner === undefined ? guid(`tenant ${name.split("@")[1] ?? ""}`) : this.tenant.tenantId,
    };
  }

  #channelId({ folder, card }: ConversationFolder): string {
    return typeof card["id"] === "string" ? card["id"] : `19:${this.#hex(folder)}@thread.tacv2`;
  }

  /** A chat of two carries the ids of both (samples of chat-list). */
  #chatId({ folder, card }: ConversationFolder): string {
    if (typeof card["id"] === "string") return card["id"];
    if (card["chatType"] === "oneOnOne") return `19:${membersOf(card).map(({ user }) => this.person(user).id).sort().join("_")}@unq.gbl.spaces`;
    return `19:${card["chatType"] === "meeting" ? "meeting_" : ""}${this.#hex(folder)}@thread.v2`;
  }

  #hex(folder: string): string {
    return createHash("sha256").update(this.tenant.idOf("conversation", folder)).digest("hex").slice(0, 32);
  }
}

/** Of two with one id, the first folder's. */
function listed<T extends { readonly id: string }>(all: readonly T[]): Listed<T> {
  return { all, byId: new Map(all.toReversed().map((one) => [one.id, one])) };
}
