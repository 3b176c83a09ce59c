import type { ObjectStorage } from "./storage.js";
import { sanitized, splitext, type Draft, type Item, type Store } from "./store.js";
import { FORBIDDEN, NOT_FOUND, Refusal } from "./wire.js";

/** drive/settings.py; the lists of extensions and media types are excerpts. */
export interface Settings {
  /** EXTERNAL_API, "items" and "users". */
  actions: readonly string[];
  /** RESTRICT_UPLOAD_FILE_TYPE, FILE_EXTENSIONS_ALLOWED, FILE_MIMETYPE_ALLOWED. */
  restrict: boolean;
  extensions: readonly string[];
  types: readonly string[];
  /** DATA_UPLOAD_MAX_MEMORY_SIZE. */
  maxBytes: number;
  /** AWS_S3_UPLOAD_ACL and AWS_S3_UPLOAD_POLICY_EXPIRATION. */
  acl: string;
  policySeconds: number;
  /** core/entitlements/backends/local.py: bytes of a user; undefined: no limit. */
  quota: number | undefined;
  /** What the malware detection says: at once, never, or that a file is unsafe. */
  scan: "safe" | "never" | "unsafe";
}

export const DEFAULTS: Settings = {
  actions: ["create", "list", "retrieve", "children", "upload_ended", "get_me"], restrict: true, extensions: [".txt", ".bin", ".pdf", ".png", ".zip", ".csv"],
  types: ["text/plain", "application/octet-stream", "application/pdf", "image/png", "application/zip", "text/csv", "application/x-empty"], maxBytes: 2 * 1024 ** 3, acl: "private", policySeconds: 60, quota: undefined, scan: "safe",
};

export interface ItemCall {
  readonly user: string;
  readonly method: string;
  /** Below `items/`. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  /** Address of the storage. */
  readonly host: string;
}

const QUOTA = new Refusal(403, "user_quota_exceeded", "You have exceeded your storage limit.");

const ACTIONS: Readonly<Record<string, string>> = {
  GET: "list", POST: "create", "GET id": "retrieve", "PATCH id": "partial_update", "DELETE id": "destroy", "GET id children": "children", "POST id children": "children", "POST id upload-ended": "upload_ended", "POST id move": "move",
};

/** Routes of core/external_api/viewsets.py, ResourceServerItemViewSet; undefined: none of that form. */
export class ItemRoutes {
  constructor(private readonly store: Store, private readonly storage: ObjectStorage, private readonly settings: Settings) {}

  actionOf({ method, parts: [id, verb, rest] }: ItemCall): string | undefined {
    if (rest !== undefined) return undefined;
    return ACTIONS[[method, ...(id === undefined ? [] : ["id"]), ...(verb === undefined ? [] : [verb])].join(" ")];
  }

  serve(action: string, call: ItemCall): readonly [number, object | undefined] {
    // core/external_api/permissions.py.
    if (!this.settings.actions.includes(action)) throw FORBIDDEN;
    if (action === "list") return [200, this.#page([...this.store.items.values()].filter(({ parent, creator, deleted, state }) => parent === undefined && creator === call.user && !deleted && state !== "pending"), call)];
    if (action === "create") return [201, this.#created(undefined, call)];
    const item = this.#item(call);
    const { update, destroy, retrieve } = this.#abilities(item, call.user);
    const allowed = { retrieve, children: call.method === "GET" ? retrieve : update, partial_update: update, upload_ended: update, move: update, destroy }[action];
    if (allowed !== true) throw FORBIDDEN;
    switch (action) {
      case "retrieve": return [200, this.#told(item, call)];
      case "children": return call.method === "POST" ? [201, this.#created(item, call)] : [200, this.#page(this.store.children(item.id).filter(({ state, title }) => state !== "pending" && contains(title, call.query.get("title") ?? "")), call)];
      case "partial_update": return [200, this.#changed(item, call)];
      case "move": return this.#moved(item, call);
      case "upload_ended": return this.#ended(item, call);
      default:
        // perform_destroy: a soft deletion.
        item.deleted = true;
        return [204, undefined];
    }
  }

  /** core/api/permissions.py, ItemPermission: what is deleted exists for its owner only. */
  #item({ parts: [id = ""], user }: ItemCall): Item {
    const item = this.store.items.get(id);
    if (item === undefined || item.hardDeleted || (this.store.inTrash(item) && !this.#owns(item, user))) throw NOT_FOUND;
    return item;
  }

  /** core/api/viewsets.py, perform_create: whoever makes an item at the root owns it and what is below. */
  #owns(item: Item, user: string): boolean {
    return this.store.ancestry(item)[0]?.creator === user;
  }

  /** core/models.py, get_abilities, for owners and strangers: no other role is played. */
  #abilities(item: Item, user: string): { readonly retrieve: boolean; readonly update: boolean; readonly destroy: boolean } {
    const owner = this.#owns(item, user);
    const live = owner && !this.store.inTrash(item);
    return { retrieve: owner, update: live, destroy: live };
  }

  /** core/api/viewsets.py, children and create; core/api/serializers.py, CreateItemSerializer. */
  #created(parent: Item | undefined, call: ItemCall): object {
    const draft = this.#draft(call.body);
    // Only `children` asks: perform_create does not.
    if (parent !== undefined && draft.type === "file" && this.#full(call.user)) throw QUOTA;
    if (parent !== undefined && parent.type !== "folder") throw new Refusal(400, "item_create_child_type_folder_only", "Only folders can have children.", "type");
    const item = this.store.create(draft, parent, call.user);
    return { ...this.#told(item, call), policy: item.type === "file" ? this.storage.sign(call.host, this.store.key(item), { acl: this.settings.acl, seconds: this.settings.policySeconds }) : null };
  }

  #draft(body: Record<string, unknown>): Draft {
    const id = body["id"] === undefined ? undefined : text(body, "id");
    if (id !== undefined && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Refusal(400, "invalid", "Must be a valid UUID.", "id");
    if (id !== undefined && this.store.items.has(id)) throw new Refusal(400, "item_create_existing_id", "An item with this ID already exists. You cannot override it.", "id");
    const type = text(body, "type");
    if (type === "folder") {
      if (body["title"] === undefined) throw new Refusal(400, "item_create_folder_title_required", "This field is required for folders.", "title");
      return { id, type, title: charField(text(body, "title"), "title"), filename: undefined };
    }
    if (type !== "file") throw new Refusal(400, "invalid_choice", `"${type}" is not a valid choice.`, "type");
    if (body["filename"] === undefined) throw new Refusal(400, "item_create_file_filename_required", "This field is required for files.", "filename");
    const title = charField(text(body, "filename"), "filename");
    if (this.settings.restrict && !this.settings.extensions.includes(splitext(title)[1].toLowerCase())) throw new Refusal(400, "item_create_file_extension_not_allowed", "This file extension is not allowed.", "filename");
    return { id, type, title, filename: sanitized(title) };
  }

  #purged(item: Item, refusal: Refusal): Refusal {
    this.store.purge(item);
    return refusal;
  }

  /** core/entitlements/backends/local.py: by what is used already, before the size is known. */
  #full(user: string): boolean {
    const used = [...this.store.items.values()].filter(({ creator, hardDeleted }) => creator === user && !hardDeleted).reduce((sum, { size = 0 }) => sum + size, 0);
    return this.settings.quota !== undefined && used >= this.settings.quota;
  }

  /** core/api/viewsets.py, upload_ended. */
  #ended(item: Item, call: ItemCall): readonly [number, object] {
    if (item.type !== "file") throw new Refusal(400, "item_upload_type_unavailable", "This action is only available for items of type FILE.", "item");
    if (item.state !== "pending") throw new Refusal(400, "item_upload_state_not_pending", "This action is only available for items in PENDING state.", "item");
    if (this.#full(call.user)) throw this.#purged(item, QUOTA);
    const bytes = this.store.objects.get(this.store.key(item));
    // head_object of what is not there is an exception that nobody catches.
    if (bytes === undefined) throw new Refusal(500, "", "");
    const mimetype = typeOf(bytes, item.filename ?? "");
    if (bytes.byteLength > this.settings.maxBytes) throw this.#purged(item, new Refusal(400, "file_size_exceeded", "The file size is higher than the allowed max size."));
    if (this.settings.restrict && !this.settings.types.includes(mimetype)) throw this.#purged(item, new Refusal(400, "file_type_not_allowed", "The file type is not allowed."));
    [item.state, item.mimetype, item.size] = ["analyzing", mimetype, bytes.byteLength];
    const told = this.#told(item, call);
    // core/malware_detection.py: by its callback, after what is answered was read.
    if (this.settings.scan !== "never") item.state = this.settings.scan === "safe" ? "ready" : "suspicious";
    return [200, told];
  }

  /** core/api/serializers.py, ItemSerializer.update; core/api/viewsets.py, perform_update. */
  #changed(item: Item, call: ItemCall): object {
    if (call.body["title"] !== undefined) {
      const title = charField(text(call.body, "title"), "title");
      const old = item.title;
      if (title !== old) {
        const given = item.parent === undefined ? title : this.store.uniqueTitle(item.parent, title);
        if (item.type === "file") sanitized(given);
        item.title = given;
        item.updatedAt = new Date().toISOString();
        this.store.rename(item, given);
      }
    }
    return this.#told(item, call);
  }

  /** core/api/viewsets.py, move. */
  #moved(item: Item, { body, user }: ItemCall): readonly [number, object] {
    const target = body["target_item_id"] === undefined ? undefined : this.store.items.get(text(body, "target_item_id"));
    if (body["target_item_id"] !== undefined && (target === undefined || this.store.inTrash(target))) throw new Refusal(400, "item_move_target_does_not_exist", "Target parent item does not exist.", "target_item_id");
    if (target !== undefined && !this.#abilities(target, user).update) throw new Refusal(400, "item_move_missing_permission", "You do not have permission to move items as a child to this target item.", "target_item_id");
    if (target !== undefined && target.type !== "folder") throw new Refusal(400, "item_move_target_not_a_folder", "Only folders can be targeted when moving an item", "target");
    item.parent = target?.id;
    return [200, { message: "item moved successfully." }];
  }

  #told(item: Item, { user }: ItemCall): object {
    const { id, title, type, state, size, mimetype, filename, creator, deleted, createdAt, updatedAt } = item;
    return {
      id, title, type, upload_state: state ?? null, size: size ?? null, mimetype: mimetype ?? null, filename: filename ?? null, creator: { id: creator }, path: this.store.ancestry(item).map((one) => one.id).join("."),
      numchild: this.store.children(id).length, abilities: this.#abilities(item, user), deleted_at: deleted ? updatedAt : null, created_at: createdAt, updated_at: updatedAt,
    };
  }

  /** drive/settings.py, PAGE_SIZE and MAX_PAGE_SIZE. */
  #page(items: readonly Item[], call: ItemCall): object {
    const size = Math.min(Number(call.query.get("page_size") ?? 20), 200);
    const page = Number(call.query.get("page") ?? 1);
    return { count: items.length, next: items.length > page * size ? `?page=${page + 1}&page_size=${size}` : null, previous: null, results: items.slice((page - 1) * size, page * size).map((item) => this.#told(item, call)) };
  }
}

/** core/api/filters.py, ItemFilter, title: unaccent__icontains. */
function contains(title: string, part: string): boolean {
  const plain = (one: string): string => one.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain(title).includes(plain(part));
}

function text(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  if (typeof value !== "string") throw new Refusal(400, "invalid", "Not a valid string.", field);
  return value;
}

/** Django REST framework, "CharField": trimmed, without NUL or halves of characters, at most 255 long. */
function charField(told: string, attr: string): string {
  const value = told.trim();
  if (value === "") throw new Refusal(400, "blank", "This field may not be blank.", attr);
  if (value.includes("\0")) throw new Refusal(400, "null_characters_not_allowed", "Null characters are not allowed.", attr);
  if (!value.isWellFormed()) throw new Refusal(400, "surrogate_characters_not_allowed", "Surrogate characters are not allowed: U+D800.", attr);
  if ([...value].length > 255) throw new Refusal(400, "max_length", "Ensure this field has no more than 255 characters.", attr);
  return value;
}

const BY_EXTENSION: Readonly<Record<string, string>> = { ".txt": "text/plain", ".csv": "text/csv", ".bin": "application/octet-stream", ".pdf": "application/pdf", ".png": "image/png", ".zip": "application/zip" };
const GENERIC = ["application/octet-stream", "application/zip", "text/plain"];

/** core/api/utils.py, detect_mimetype, for the few kinds that the tests send. */
function typeOf(bytes: Buffer, filename: string): string {
  const head = bytes.subarray(0, 2_048).toString("latin1");
  const found = bytes.byteLength === 0 ? "application/x-empty" : head.startsWith("MZ") ? "application/x-dosexec" : head.startsWith("%PDF-") ? "application/pdf" : head.startsWith("PK\u0003\u0004") ? "application/zip" : head.includes("\0") ? "application/octet-stream" : "text/plain";
  const byName = BY_EXTENSION[splitext(filename)[1].toLowerCase()];
  return GENERIC.includes(found) && byName !== undefined ? byName : found;
}
