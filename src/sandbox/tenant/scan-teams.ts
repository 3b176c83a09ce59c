import { stat } from "node:fs/promises";
import path from "node:path";
import type { OwnerFile } from "./entry.js";
import { decodeName } from "./names.js";
import { jsonOf, names } from "./read.js";

type Card = Readonly<Record<string, unknown>>;

/** A channel or chat of the tenant folder: its card (`channel.json`, `chat.json`), `messages.jsonl` and `hosted/`. */
export interface ConversationFolder {
  /** Path below the tenant folder. */
  readonly folder: string;
  /** Its folder's name, decoded. */
  readonly name: string;
  readonly card: Card;
}

/** A team; `group` is the mail nickname of the Microsoft 365 group behind it. */
export interface TeamFolder extends ConversationFolder {
  readonly group: string;
  readonly channels: readonly ConversationFolder[];
}

type ScannedOwner = Pick<OwnerFile, "name" | "kind" | "profile" | "base" | "drives">;

/** Reads the cards of teams, channels and chats; messages are read when they are asked for. */
export async function scanConversations(dir: string): Promise<{ readonly teams: readonly TeamFolder[]; readonly chats: readonly ConversationFolder[] }> {
  const teams: TeamFolder[] = [];
  for (const team of await conversations(dir, "teams", "team.json")) {
    const group = typeof team.card["group"] === "string" ? team.card["group"] : nickname(team.name);
    const channels = (await conversations(dir, team.folder, "channel.json")).filter(({ folder }) => !/^drive(?:\.|$)/.test(path.basename(folder)));
    teams.push({ ...team, group, channels });
  }
  return { teams, chats: await conversations(dir, "chats", "chat.json") };
}

async function conversations(dir: string, folder: string, card: string): Promise<readonly ConversationFolder[]> {
  const found: ConversationFolder[] = [];
  for (const name of await names(path.join(dir, folder))) {
    const below = path.join(folder, name);
    if ((await stat(path.join(dir, below))).isDirectory()) found.push({ folder: below, name: decodeName(name), card: await jsonOf(path.join(dir, below, card)) });
  }
  return found;
}

/** A team is a group with a team on it (api-reference/v1.0/resources/teams-api-overview); a private or shared channel has a site of its own. */
export function ownersWithTeams(listed: readonly ScannedOwner[], teams: readonly TeamFolder[]): readonly ScannedOwner[] {
  const owners = [...listed];
  const places = groupPlaces(owners);
  for (const team of teams) {
    const key = team.group.toLowerCase();
    const at = places.get(key) ?? owners.length;
    const group = owners[at] ?? { name: team.group, kind: "group" as const, base: team.folder, drives: ["drive"], profile: {} };
    const told = { displayName: team.card["displayName"] ?? team.name, description: team.card["description"] ?? null, members: upns(team.card, false), owners: upns(team.card, true) };
    owners[at] = { ...group, profile: { ...told, ...group.profile, resourceProvisioningOptions: ["Team"] } };
    places.set(key, at);
    for (const channel of team.channels.filter(hasOwnSite)) owners.push({ name: siteName(team, channel), kind: "site", base: channel.folder, drives: ["drive"], profile: { displayName: siteName(team, channel) } });
  }
  return owners;
}

/** Where each group stands, by its name in lower case: of two that differ in case alone, the first. */
function groupPlaces(owners: readonly ScannedOwner[]): Map<string, number> {
  return new Map(owners.flatMap(({ kind, name }, at) => (kind === "group" ? [[name.toLowerCase(), at] as const] : [])).reverse());
}

export function hasOwnSite({ card }: ConversationFolder): boolean {
  return card["membershipType"] === "private" || card["membershipType"] === "shared";
}

export function siteName(team: TeamFolder, channel: ConversationFolder): string {
  return `${team.name}-${channel.name}`;
}

/** Members of a card: "upn", or {"user": "upn", "roles": ["owner"]}. */
export function membersOf(card: Card): readonly { readonly user: string; readonly roles: readonly string[] }[] {
  const listed: readonly unknown[] = Array.isArray(card["members"]) ? card["members"] : [];
  return listed.map((one) => {
    if (typeof one === "string") return { user: one, roles: [] };
    const { user, roles } = one as { readonly user?: unknown; readonly roles?: unknown };
    return { user: String(user ?? ""), roles: Array.isArray(roles) ? roles.map(String) : [] };
  });
}

function upns(card: Card, owners: boolean): readonly string[] {
  return membersOf(card).filter(({ roles }) => !owners || roles.includes("owner")).map(({ user }) => user);
}

function nickname(name: string): string {
  return name.normalize("NFD").replace(/[^A-Za-z0-9]/g, "").toLowerCase();
}

/** Places in drives that lie elsewhere on the disk: the files of a channel stand in the team's library, in a folder of the channel's name. */
export class Mounts {
  /** Folder on the disk by the four names that begin a path. */
  readonly #real = new Map<string, string>();
  readonly #below = new Map<string, string[]>();

  constructor(private readonly dir: string, owners: readonly ScannedOwner[], teams: readonly TeamFolder[]) {
    const places = groupPlaces(owners);
    for (const team of teams) {
      const base = owners[places.get(team.group.toLowerCase()) ?? -1]?.base ?? team.folder;
      for (const channel of team.channels) {
        const files = path.join(channel.folder, "files");
        this.#add(hasOwnSite(channel) ? path.join(channel.folder, "drive") : path.join(base, "drive", path.basename(channel.folder)), files, !hasOwnSite(channel));
      }
    }
  }

  disk(file: string): string {
    const parts = file.split(path.sep);
    const real = this.#real.get(parts.slice(0, 4).join(path.sep));
    return path.join(this.dir, real === undefined ? file : path.join(real, ...parts.slice(4)));
  }

  /** Names that a folder holds beside those on the disk. */
  below(folder: string): readonly string[] {
    return this.#below.get(folder) ?? [];
  }

  #add(place: string, real: string, listed: boolean): void {
    this.#real.set(place, real);
    if (!listed) return;
    const folder = path.dirname(place);
    this.#below.set(folder, [...(this.#below.get(folder) ?? []), path.basename(place)]);
  }
}
