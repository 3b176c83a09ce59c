import path from "node:path";
import { GraphRefusal, notFound, type Answer } from "../answers.js";
import { changePage, deltaState } from "../changes.js";
import { groupOf, userOf } from "../directory.js";
import { collection, context, link, pageSize, refuseOptions, select, selected, type Call, type Route } from "../odata.js";
import { decoded } from "../router.js";
import { siteOf } from "../sites.js";
import { asRead } from "../tenant/as-read.js";
import type { Departure, Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import type { TenantStore } from "../tenant/store.js";
import { Downloads } from "./download.js";
import { driveName, drivesOf, driveUrl, isInDrive, itemJson, ITEM_PROPERTIES, person, relativePath, rootJson, sizeOf, type DriveRef, type ItemView } from "./item.js";
import { libraryColumns, libraryParts } from "./library.js";
import { permissionsOf } from "./permissions.js";
import { isShortcut, toldOf } from "./told.js";
import { versionsOf } from "./versions.js";

const ROLE = "Files.Read.All";
const QUOTA = 1_099_511_627_776;

/** Drives of users and groups: items, changes, versions, permissions and bytes. */
export class DriveService {
  readonly #downloads: Downloads;
  /** Drives by id, and all entries of a drive in order. */
  readonly #known = asRead((store) => ({
    drives: new Map([...store.owners.values()].flatMap((owner) => drivesOf(store, owner)).map((drive) => [drive.id, drive])), entries: new Map<string, readonly Entry[]>(),
  }));

  constructor(private readonly store: TenantStore, root: () => string) {
    this.#downloads = new Downloads(root);
  }

  routes(): Route[] {
    const get = (pattern: string, handle: (call: Call) => Promise<Answer>, expands = false, role = ROLE): Route => ({
      method: "GET", pattern, role,
      handle: (call) => {
        refuseOptions(call, ["$filter", "$search", ...(expands ? [] : ["$expand"])], "notSupported");
        return handle(call);
      },
    });
    const json = async (call: Call, what: string, body: object): Promise<Answer> => ({ json: { "@odata.context": context(call, what), ...body } });
    const drive = (base: string): Route[] => [
      get(base, (call) => json(call, "drives/$entity", select(this.#driveJson(this.#drive(call)), call.query))),
      get(`${base}/root`, (call) => json(call, "items/$entity", select(rootJson(this.store, this.#drive(call)), call.query, ITEM_PROPERTIES))),
      get(`${base}/root/children`, (call) => this.#children(call, this.#drive(call).rootId)),
      get(`${base}/root/delta`, (call) => this.#delta(call)),
    ];
    const items = (base: string): Route[] => [
      get(base, async (call) => json(call, "items/$entity", await this.#itemOrRoot(call)), true),
      get(`${base}/children`, (call) => this.#children(call, this.#isRoot(call) ? this.#drive(call).rootId : this.#entry(call).id)),
      get(`${base}/content`, (call) => this.#content(call)),
      get(`${base}/versions`, (call) => this.#versions(call)),
      get(`${base}/versions/:version`, (call) => this.#version(call)),
      get(`${base}/versions/:version/content`, (call) => this.#versionContent(call)),
      get(`${base}/permissions`, (call) => this.#permissions(call)),
    ];
    const drives = (call: Call): Promise<Answer> => collection(call, "drives", drivesOf(this.store, this.#drive(call).owner), 100, (drive) => select(this.#driveJson(drive), call.query));
    const columns = async (call: Call): Promise<Answer> => collection(call, "columns", await libraryColumns(this.store, this.#drive(call)), 100, (column) => select(column, call.query));
    return [
      get("/drives/:drive/list/columns", columns, false, "Sites.Read.All"),
      get("/users/:user/drives", drives), get("/groups/:group/drives", drives), get("/sites/:site/drives", drives),
      ...["/users/:user/drive", "/groups/:group/drive", "/sites/:site/drive", "/drives/:drive"].flatMap(drive), ...["/users/:user/drive", "/drives/:drive"].flatMap((base) => items(`${base}/items/:item`)),
    ];
  }

  /** Serves one pre-authenticated address; undefined when the path is not one. */
  download(pathname: string, query: URLSearchParams, range: string | undefined): Promise<Answer | undefined> {
    return this.#downloads.answer(pathname, query, range);
  }

  expireDownloads(): void {
    this.#downloads.expire();
  }

  /** Addressing by path (concepts/onedrive-addressing-driveitems): "{drive}/root:/a/b:/children" and "{drive}/items/{id}:/a/b" as the item's id. */
  alias(pathname: string): string {
    const [, base = "", start = "", rest = ""] = /^(\/(?:users|groups)\/[^/]+\/drive|\/drives\/[^/]+)\/(root|items\/[^/:]+):\/([\s\S]*)$/.exec(pathname) ?? [];
    if (base === "") return pathname;
    const end = rest.indexOf(":");
    const [names, after] = end === -1 ? [rest, ""] : [rest.slice(0, end), rest.slice(end + 1)];
    const drive = this.#driveAt(base);
    let id = start === "root" || start === "items/root" ? drive.rootId : decoded(start.slice("items/".length));
    for (const name of names.split("/").filter((part) => part !== "").map((part) => decoded(part).normalize("NFC").toLowerCase())) {
      const child = this.store.children(id).find((entry) => decodeName(path.basename(entry.file)).normalize("NFC").toLowerCase() === name);
      if (child === undefined) throw notFound("itemNotFound", "The resource could not be found.");
      id = child.id;
    }
    return `/drives/${encodeURIComponent(drive.id)}/items/${encodeURIComponent(id)}${after}`;
  }

  #driveAt(base: string): DriveRef {
    const [, kind, key = ""] = base.split("/");
    return this.#drive({ params: { [kind === "users" ? "user" : kind === "groups" ? "group" : "drive"]: decoded(key) } });
  }

  #drive({ params }: Pick<Call, "params">): DriveRef {
    const { user, group, site, drive: id } = params;
    const owner = user !== undefined ? userOf(this.store, user) : group !== undefined ? groupOf(this.store, group) : site !== undefined ? siteOf(this.store, site) : undefined;
    const drive = owner === undefined ? this.#known(this.store).drives.get(id ?? "") : drivesOf(this.store, owner)[0];
    if (drive === undefined) throw notFound("itemNotFound", "The resource could not be found.");
    if (drive.owner.profile["driveEnabled"] === false) throw new GraphRefusal(404, "ResourceNotFound", "User's mysite not found.");
    return drive;
  }

  #driveJson(drive: DriveRef): object {
    const { displayName } = drive.owner.profile;
    const used = sizeOf(this.store, drive.rootId);
    const identity = { id: drive.owner.id, displayName: typeof displayName === "string" ? displayName : drive.owner.name };
    return {
      id: drive.id, driveType: drive.owner.kind === "user" ? "business" : "documentLibrary", name: driveName(drive), createdDateTime: "2024-01-01T00:00:00Z",
      webUrl: driveUrl(drive),
      owner: { user: identity }, quota: { total: QUOTA, used, remaining: QUOTA - used, deleted: 0, state: "normal" },
    };
  }

  #isRoot(call: Call): boolean {
    return call.params["item"] === "root" || call.params["item"] === this.#drive(call).rootId;
  }

  #entry(call: Call): Entry {
    const entry = this.store.entries.get(call.params["item"] ?? "");
    const drive = this.#drive(call);
    if (entry === undefined || entry.owner !== drive.owner.name || !isInDrive(drive, entry.file)) throw notFound("itemNotFound", "The resource could not be found.");
    return entry;
  }

  async #itemOrRoot(call: Call): Promise<object> {
    const drive = this.#drive(call);
    if (this.#isRoot(call)) return select(rootJson(this.store, drive), call.query, ITEM_PROPERTIES);
    const entry = this.#entry(call);
    return { ...(await this.#shown(call, drive, entry, true)), ...(await libraryParts(this.store, drive, entry, call.query)) };
  }

  async #shown(call: Call, drive: DriveRef, entry: Entry, withPath: boolean): Promise<object> {
    const view: ItemView = { wanted: selected(call.query), withPath, hierarchical: !withPath && call.prefer.has("hierarchicalsharing"), address: (item, infected) => this.#downloads.address(this.store.disk(item.file), call.app, infected) };
    return select(await itemJson(this.store, drive, entry, view), call.query, ITEM_PROPERTIES);
  }

  #children(call: Call, parent: string): Promise<Answer> {
    const drive = this.#drive(call);
    return collection(call, `drives('${drive.id}')/items('${parent}')/children`, this.store.children(parent), 200, (entry) => this.#shown(call, drive, entry, true));
  }

  /** Delta of a drive (api-reference/v1.0/api/driveitem-delta): a renamed or moved folder is told alone; deleted items carry the `deleted` facet. */
  async #delta(call: Call): Promise<Answer> {
    const drive = this.#drive(call);
    const given = call.query.get("token");
    const skip = call.query.get("$skiptoken");
    const state = deltaState(this.store, call, given, skip);
    const gone = this.store.departures.filter((one) => one.owner === drive.owner.name && !one.moved && this.#wasInDrive(one, drive));
    const page = changePage(this.#all(drive), gone, state, pageSize(call, 200));
    const root = given !== "latest" && state.at === 0 && state.gone === "" ? [select(rootJson(this.store, drive, call.prefer.has("hierarchicalsharing")), call.query, ITEM_PROPERTIES)] : [];
    const items = await Promise.all(page.entries.map((entry) => this.#shown(call, drive, entry, false)));
    const removed = page.gone.map((one) => ({
      id: one.id, deleted: { state: "deleted" }, ...(one.kind === "folder" ? { folder: { childCount: 0 } } : { file: {} }), parentReference: { driveType: "business", driveId: drive.id, id: one.container },
    }));
    const next = page.last ? link(call, "token", page.next) : link(call, "$skiptoken", page.next);
    return { json: { "@odata.context": context(call, "Collection(driveItem)"), [page.last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value: [...root, ...items, ...removed] } };
  }

  /** What is gone may have been of mail, or of another drive: only its parents tell. */
  #wasInDrive({ kind, container }: Departure, drive: DriveRef): boolean {
    if (kind !== "file" && kind !== "folder") return false;
    if (container === drive.rootId) return true;
    const parent = this.store.entries.get(container) ?? this.store.departures.find(({ id }) => id === container);
    return parent !== undefined && ("file" in parent ? isInDrive(drive, parent.file) : this.#wasInDrive(parent, drive));
  }

  /** Everything in a drive, in the order in which it appeared. */
  #all(drive: DriveRef): readonly Entry[] {
    const { entries } = this.#known(this.store);
    const known = entries.get(drive.id);
    if (known !== undefined) return known;
    const below = (container: string): Entry[] => this.store.children(container).flatMap((entry) => (entry.kind === "folder" ? [entry, ...below(entry.id)] : [entry]));
    const all = below(drive.rootId).sort((a, b) => a.order - b.order);
    entries.set(drive.id, all);
    return all;
  }

  /** Only what has bytes can be downloaded: neither a folder nor a notebook nor a shortcut. */
  async #content(call: Call): Promise<Answer> {
    const [drive, entry] = [this.#drive(call), this.#isRoot(call) ? undefined : this.#entry(call)];
    const told = entry === undefined ? {} : await toldOf(this.store, drive, relativePath(drive, entry));
    if (entry?.kind !== "file" || told.package === true || isShortcut(told)) throw new GraphRefusal(400, "invalidRequest", "The item has no content stream.");
    return redirect(this.#downloads.address(this.store.disk(entry.file), call.app, told.malware === true));
  }

  #versions(call: Call): Promise<Answer> {
    return this.#versionList(call).then((versions) => collection(call, "versions", versions.map(({ json }) => json), 200, (version) => select(version, call.query)));
  }

  async #version(call: Call): Promise<Answer> {
    const { json } = await this.#versionAsked(call);
    return { json: { "@odata.context": context(call, "versions/$entity"), ...select(json, call.query) } };
  }

  async #versionContent(call: Call): Promise<Answer> {
    return redirect(this.#downloads.address((await this.#versionAsked(call)).file, call.app));
  }

  async #versionAsked(call: Call) {
    const version = (await this.#versionList(call)).find(({ json }) => json.id === call.params["version"]);
    if (version === undefined) throw notFound("itemNotFound", "The resource could not be found.");
    return version;
  }

  async #versionList(call: Call) {
    const listed = await versionsOf(this.store, this.#drive(call), this.#entry(call));
    return listed.map(({ id, size, modified, by, file }) => ({ file, json: { id, size, lastModifiedDateTime: modified, lastModifiedBy: person(this.store, by) } }));
  }

  async #permissions(call: Call): Promise<Answer> {
    const listed = await permissionsOf(this.store, this.#drive(call), this.#isRoot(call) ? undefined : this.#entry(call));
    return collection(call, "permissions", listed, 200, (permission) => select(permission, call.query));
  }
}

function redirect(location: string): Answer {
  return { status: 302, headers: { location }, stream: undefined };
}
