import { Documents } from "./documents.js";
import { formatted } from "./shown.js";
import type { Store, StoredChannel, StoredPost, StoredUser } from "./store.js";
import { Refusal, type Call, type Result, type Route } from "./wire.js";

/** packages/netframe/media and config/media.php: those that the tests send, by extension. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  png: ["image/png"], jpg: ["image/jpeg", "image/pjpeg"], jpeg: ["image/jpeg", "image/pjpeg"], gif: ["image/gif"], webp: ["image/webp"], txt: ["text/plain"], zip: ["application/zip"],
};
const CONTENT_MAX = 65_535;
const FIRST_PAGE = 30;
const NEXT_PAGE = 15;

export class Routes {
  /** Whether the quota of the instance is used up. */
  full = false;
  readonly #routes: readonly Route[];
  readonly #documents: Documents;

  constructor(private readonly store: Store) {
    this.#documents = new Documents(store);
    this.#routes = [
      ...this.#documents.routes,
      { method: "GET", path: /^\/channels\/edit$/, serve: () => ({ page: '<form method="POST" action="/channels/edit" id="form-channel-edit"></form>' }) },
      { method: "GET", path: /^\/channels$/, serve: ({ user }) => ({ json: { returnCode: "success", channels: this.#memberOf(user).filter(({ active }) => active === 1).map((one) => this.#channelShape(one, user)) } }) },
      { method: "POST", path: /^\/channels\/edit(?:\/(\d+))?$/, takes: ["name", "description", "confidentiality", "id_foreign", "type_foreign"], serve: (call, id) => this.#edit(call, id) },
      { method: "GET", path: /^\/channels\/delete\/(\d+)$/, serve: ({ user }, id) => this.#delete(user, id) },
      { method: "POST", path: /^\/channels\/post$/, takes: ["channel_id", "content", "post_type", "mediasIds", "linksIds", "id"], serve: (call) => this.#post(call) },
      { method: "POST", path: /^\/channels\/delete-post\/(\d+)$/, takes: [], serve: ({ user }, feed) => this.#deletePost(user, feed) },
      { method: "GET", path: /^\/channels\/(\d+)$/, serve: ({ user }, id) => this.#page(user, id) },
      { method: "POST", path: /^\/channels\/(\d+)(?:\/(before)\/([^/]+))?$/, takes: [], serve: ({ user }, id, _when, moment) => this.#feed(user, id, moment) },
      { method: "POST", path: /^\/media\/upload$/, takes: ["profile", "profileMedia", "profileCover", "postMedia", "fromXplorer", "idFolder", "mediaId", "confidentiality"], serve: (call) => this.#upload(call) },
      { method: "GET", path: /^\/medias\/edit-folder\/(house|community|project)\/(\d+)$/, serve: (_call, type, id) => this.#folderForm(`${type ?? ""}/${id ?? ""}`) },
    ];
  }

  /** Undefined for what README.md does not describe. @throws Refusal. */
  serve(method: string, path: string, call: Call): Result | undefined {
    const route = this.#routes.find((one) => one.method === method && one.path.test(path));
    const parts = route?.path.exec(path)?.slice(1) ?? [];
    if (route === undefined || Object.keys(call.fields).some((field) => field !== "_token" && !(route.takes ?? []).includes(field))) return undefined;
    return route.serve(call, ...parts);
  }

  #memberOf({ id }: StoredUser): StoredChannel[] {
    return [...this.store.channels.values()].filter(({ members }) => members.has(id));
  }

  #channel(id: string | undefined): StoredChannel {
    const found = this.store.channels.get(Number(id));
    if (found === undefined) throw new Refusal(404, "No query results for model [App\\Channel].");
    return found;
  }

  /** ChannelController, `edit`. */
  #edit({ user, fields }: Call, id: string | undefined): Result {
    const standing = id === undefined ? undefined : this.#channel(id);
    if (standing !== undefined && (standing.members.get(user.id) ?? 9) > 2) throw new Refusal(403);
    const { name = "", description = "", id_foreign: profileId = "", type_foreign: profileType = "" } = fields;
    const isValid = name !== "" && [...name].length <= 50 && /^\d+$/.test(profileId) && ["house", "project", "community", "user"].includes(profileType);
    if (!isValid) return { page: '<form method="POST" id="form-channel-edit"><p class="nf-form-feedback">invalid</p></form>' };
    if ((this.store.roles.get(`${profileType}/${profileId}`) ?? 9) > 3) throw new Refusal(403);
    const told = { name: narrow(name), description: narrow(description), confidentiality: fields["confidentiality"] === "1" ? 0 : 1, profileType: `App\\${profileType[0]?.toUpperCase() ?? ""}${profileType.slice(1)}`, profileId: Number(profileId) };
    const channel = standing ?? { id: this.store.next(), maker: user.id, active: 1, members: new Map([[user.id, 1]]), ...told };
    this.store.channels.set(channel.id, Object.assign(channel, told));
    return { to: `/channels/edit/${channel.id}` };
  }

  #delete(user: StoredUser, id: string | undefined): Result {
    if (([...this.store.channels.values()].find((one) => one.id === Number(id))?.members.get(user.id) ?? 9) > 2) throw new Refusal(403);
    const { id: channel } = this.#channel(id);
    for (const post of this.store.posts.values()) if (post.channel === channel) this.store.posts.delete(post.id);
    this.store.channels.delete(channel);
    return { to: "/channels/my-feeds" };
  }

  #page(user: StoredUser, id: string | undefined): Result {
    const { members, confidentiality } = this.#channel(id);
    if (confidentiality === 0 && !members.has(user.id)) throw new Refusal(403);
    return { page: `<ul class="nf-actions">\n<li class="nf-action">\n                    <div class="nf-lbl" title="${members.size} membres">\n<span class="lbl-txt">${members.size}</span></div></li></ul>` };
  }

  /** MessagesController, `posting` and `news`. */
  #post({ user, fields }: Call): Result {
    const channel = this.#channel(fields["channel_id"]);
    if (fields["_token"] === undefined || (channel.members.get(user.id) ?? 9) > 4) throw new Refusal(403, "json");
    const { content = "", mediasIds = "", id } = fields;
    if (content === "" && mediasIds === "") return { json: { modal: null, return_code: "error", return_message: "", errors: { content: ["Le texte est obligatoire"] }, post: { id: null } } };
    const standing = id === undefined ? undefined : this.store.posts.get(Number(id));
    if (id !== undefined && standing === undefined) throw new Refusal(404, "No query results for model [App\\News].");
    // A response within a response (`response()->json(response()->json([], 403))`).
    if (standing !== undefined && standing.author !== user.id) return { json: { headers: {}, original: [], exception: null } };
    const [now, medias] = [moment(), mediasIds === "" ? [] : mediasIds.split(",").map(Number)];
    const made = standing ?? { id: this.store.next(), feed: this.store.next(), channel: channel.id, author: user.id, createdAt: now };
    const post: StoredPost = Object.assign(made, { content: cut(content), medias, updatedAt: now, feedUpdatedAt: now });
    this.store.posts.set(post.id, post);
    for (const media of medias) Object.assign(this.store.medias.get(media) ?? {}, { linked: 1 });
    const others = [...channel.members.keys()].filter((one) => one !== user.id);
    if (others.length > 0) this.store.pushes.push({ channel: channel.id, users: others });
    return { json: { post: this.#postShape(post), return_message: standing === undefined ? "successInsert" : "successUpdate" } };
  }

  #deletePost(user: StoredUser, feed: string | undefined): Result {
    const post = [...this.store.posts.values()].find((one) => one.feed === Number(feed));
    if (post === undefined) throw new Refusal(500, "Attempt to read property \"post\" on null");
    if (post.author !== user.id) throw new Refusal(403);
    this.store.posts.delete(post.id);
    return { json: { delete: true, targetId: `#News-Channel-${post.id}` } };
  }

  /** ChannelController, `feed`: moments are compared as texts of the database's own clock. */
  #feed(user: StoredUser, id: string | undefined, before: string | undefined): Result {
    const channel = this.#channel(id);
    if (channel.confidentiality === 0 && !channel.members.has(user.id)) throw new Refusal(403);
    const text = before === undefined ? undefined : decodeURIComponent(before);
    const found = this.store.postsOf(channel.id).filter(({ feedUpdatedAt }) => text === undefined || clock(feedUpdatedAt) < text);
    return { json: found.slice(0, text === undefined ? FIRST_PAGE : NEXT_PAGE).reverse().map((post) => ({ ...this.#postShape(post), newsFeedId: post.feed })) };
  }

  /** MediaController, `upload`. */
  #upload(call: Call): Result {
    if (this.full) return "nothing";
    if (call.fields["fromXplorer"] === "1") return this.#documents.upload(call);
    const { user, fields, file } = call;
    if (fields["profile"] !== JSON.stringify({ id: user.id, type: "user" }) || file === undefined) throw new Refusal(403);
    const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
    const row = { name: file.name, size: file.bytes.byteLength };
    if (KINDS[extension]?.includes(file.type) !== true) {
      this.store.mails.push(file.name);
      return { json: { files: [{ ...row, error: "Type de fichier non supporté", id: null }], redirect: null, fromXplorer: "0" } };
    }
    const media = { id: this.store.next(), user: user.id, name: file.name, bytes: file.bytes, linked: fields["postMedia"] === "1" ? 0 : 1 };
    this.store.medias.set(media.id, media);
    return { json: { files: [{ ...row, id: media.id, mediaId: media.id, type: 0 }], redirect: null, fromXplorer: "0" } };
  }

  #folderForm(profile: string): Result {
    if ((this.store.roles.get(profile) ?? 9) > 3) throw new Refusal(403);
    return { page: '<form><input name="_token" type="hidden"></form>' };
  }

  #channelShape({ id, maker, name, description, confidentiality, profileType, profileId, active, members }: StoredChannel, user: StoredUser): object {
    return {
      id, instances_id: 1, users_id: maker, profile_id: profileId, profile_type: profileType, personnal: 0, name, description: description === "" ? null : description, confidentiality, active,
      pivot: { users_id: user.id, channels_id: id, status: 1, roles_id: members.get(user.id) }, newsfeed: [],
    };
  }

  #postShape({ id, author, content, medias, createdAt, updatedAt }: StoredPost): object {
    const found = medias.flatMap((one) => this.store.medias.get(one) ?? []);
    return {
      id, users_id: author, instances_id: 1, author_id: author, author_type: "App\\User", content, confidentiality: 1, created_at: createdAt, updated_at: updatedAt,
      postAuthor: { id: author }, mediasApi: found.map((media) => ({ id: media.id, name: media.name, file_size: media.bytes.byteLength })), formattedContent: formatted(content, this.store.users.map((one) => one.id)), links: [], onlyImage: found.length > 0,
    };
  }
}

/** Columns of the schema's default character set, `utf8`: what has four bytes is lost (config/database.php, "strict": false). */
function narrow(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]/gu, "?");
}

/** A TEXT, cut without a word. */
function cut(content: string): string {
  return Buffer.byteLength(content) <= CONTENT_MAX ? content : Buffer.from(content).subarray(0, CONTENT_MAX).toString("utf8");
}

function moment(): string {
  return `${new Date().toISOString().slice(0, 19)}.000000Z`;
}

function clock(instant: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris", dateStyle: "short", timeStyle: "medium" }).format(new Date(instant));
}
