import { createHmac, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { GraphRefusal, notFound, type Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { collection, context, link, pageSize, readToken, select, type Call, type Route } from "../odata.js";
import type { Entry } from "../tenant/entry.js";
import { jsonOf } from "../tenant/scan.js";
import type { TenantStore } from "../tenant/store.js";
import { driveOf, itemJson, relativePath, rootJson, versionsOf, type DriveRef } from "./item.js";

const ROLE = "Files.Read.All";
/** A download address lives about an hour at Microsoft's. */
const ADDRESS_MS = 3_600_000;

interface DeltaState {
  readonly base: number;
  readonly upto: number;
  readonly at: number;
}

/** Drives, items, versions and their bytes. Bytes are served from `/download/…`, outside Graph, with no token asked. */
export class DriveService {
  readonly #key = randomBytes(32);

  constructor(private readonly store: TenantStore, private readonly root: () => string) {}

  routes(): Route[] {
    const get = (pattern: string, handle: (call: Call) => Promise<Answer>): Route => ({ method: "GET", pattern, role: ROLE, handle });
    const json = async (call: Call, what: string, body: object): Promise<Answer> => ({ json: { "@odata.context": context(call, what), ...body } });
    const items = ["/users/:user/drive", "/drives/:drive"].flatMap((base) => [
      get(base, (call) => json(call, "drives/$entity", this.#driveJson(this.#drive(call)))),
      get(`${base}/root`, (call) => json(call, "items/$entity", select(rootJson(this.store, this.#drive(call)), call.query))),
      get(`${base}/root/children`, (call) => this.#children(call, this.#drive(call), this.#drive(call).rootId)),
      get(`${base}/root/delta`, (call) => this.#delta(call)),
      get(`${base}/items/:item`, async (call) => json(call, "items/$entity", select(await this.#itemOrRoot(call), call.query))),
      get(`${base}/items/:item/children`, (call) => this.#children(call, this.#drive(call), call.params["item"] ?? "")),
      get(`${base}/items/:item/content`, async (call) => redirect(this.#address(this.#entry(call), path.join(this.store.dir, this.#entry(call).file)))),
      get(`${base}/items/:item/versions`, (call) => this.#versions(call)),
      get(`${base}/items/:item/versions/:version/content`, (call) => this.#versionContent(call)),
      get(`${base}/items/:item/permissions`, (call) => this.#permissions(call)),
    ]);
    return [get("/users/:user/drives", (call) => collection(call, "drives", [this.#drive(call)], 100, (drive) => this.#driveJson(drive))), ...items];
  }

  /** Serves one pre-authenticated address; undefined when the path is not one. */
  async download(pathname: string, query: URLSearchParams, range: string | undefined): Promise<Answer | undefined> {
    if (!pathname.startsWith("/download/")) return undefined;
    const file = Buffer.from(query.get("f") ?? "", "base64url").toString("utf8");
    const expires = query.get("e") ?? "";
    if (query.get("s") !== this.#signature(file, expires) || Number(expires) < Date.now()) throw new GraphRefusal(401, "unauthenticated", "The download address has expired.");
    const size = Number(pathname.split("/").at(-1));
    const from = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
    if (from === null) return { status: 200, headers: { "content-type": "application/octet-stream", "accept-ranges": "bytes", "content-length": String(size) }, stream: size === 0 ? undefined : createReadStream(file) };
    const start = Number(from[1]);
    const end = from[2] === "" ? size - 1 : Math.min(Number(from[2]), size - 1);
    if (start >= size) throw new GraphRefusal(416, "invalidRange", "The requested range is not satisfiable.", { "content-range": `bytes */${size}` });
    return {
      status: 206, headers: { "content-type": "application/octet-stream", "content-length": String(end - start + 1), "content-range": `bytes ${start}-${end}/${size}` },
      stream: createReadStream(file, { start, end }),
    };
  }

  #drive(call: Call): DriveRef {
    if (call.params["user"] !== undefined) return this.#withDrive(driveOf(this.store, userOf(this.store, call.params["user"])));
    const drive = [...this.store.owners.values()].map((owner) => driveOf(this.store, owner)).find(({ id }) => id === call.params["drive"]);
    if (drive === undefined) throw notFound("itemNotFound", "");
    return drive;
  }

  #withDrive(drive: DriveRef): DriveRef {
    if (drive.owner.profile["driveEnabled"] === false) throw new GraphRefusal(404, "ResourceNotFound", "User's mysite not found.");
    return drive;
  }

  #driveJson(drive: DriveRef): object {
    return { id: drive.id, driveType: "business", name: "OneDrive", createdDateTime: "2024-01-01T00:00:00Z", owner: { user: { id: drive.owner.id, displayName: drive.owner.name } }, quota: { total: 1_099_511_627_776, used: 0, state: "normal" } };
  }

  #entry(call: Call): Entry {
    const entry = this.store.entries.get(call.params["item"] ?? "");
    const drive = this.#drive(call);
    if (entry === undefined || entry.owner !== drive.owner.name || (entry.kind !== "file" && entry.kind !== "folder")) throw notFound("itemNotFound", "");
    return entry;
  }

  #itemOrRoot(call: Call): Promise<Record<string, unknown>> {
    const drive = this.#drive(call);
    return call.params["item"] === drive.rootId ? Promise.resolve(rootJson(this.store, drive)) : this.#json(drive, this.#entry(call));
  }

  #json(drive: DriveRef, entry: Entry): Promise<Record<string, unknown>> {
    return itemJson(this.store, drive, entry, (item) => this.#address(item, path.join(this.store.dir, item.file)));
  }

  #children(call: Call, drive: DriveRef, parent: string): Promise<Answer> {
    if (parent !== drive.rootId) this.#entry(call);
    return collection(call, "children", this.store.children(parent), 200, async (entry) => select(await this.#json(drive, entry), call.query));
  }

  /** Delta of a drive (api-reference/v1.0/api/driveitem-delta): a renamed or moved folder is told alone; deleted items carry the `deleted` facet. */
  async #delta(call: Call): Promise<Answer> {
    const drive = this.#drive(call);
    const raw = call.query.get("token");
    if (raw === "latest") return { json: { "@odata.context": context(call, "Collection(driveItem)"), "@odata.deltaLink": link(call, "token", { base: this.store.seq, upto: this.store.seq, at: 0 }, false), value: [] } };
    const carried = readToken<DeltaState>(raw);
    if (carried !== undefined && carried.upto < this.store.expiredBefore) throw new GraphRefusal(410, "resyncRequired", "Resync required. Replace any local items with the server's version.");
    const first = carried === undefined || carried.at === 0;
    const state = carried === undefined ? { base: 0, upto: this.store.seq, at: 0 } : first ? { ...carried, upto: this.store.seq } : carried;
    const size = pageSize(call, 200);
    const changed = this.#all(drive.rootId).filter((entry) => entry.seq > state.base && entry.seq <= state.upto && entry.order > state.at).sort((a, b) => a.order - b.order);
    const page = changed.slice(0, size);
    const last = page.length === changed.length;
    const gone = last ? this.store.departures.filter((entry) => entry.owner === drive.owner.name && !entry.moved && ["file", "folder"].includes(entry.kind) && entry.seq > state.base && entry.seq <= state.upto) : [];
    const value = [
      ...(first ? [rootJson(this.store, drive)] : []), ...(await Promise.all(page.map((entry) => this.#json(drive, entry)))),
      ...(state.base === 0 ? [] : gone.map((entry) => ({ id: entry.id, deleted: { state: "deleted" }, ...(entry.kind === "folder" ? { folder: { childCount: 0 } } : { file: {} }), parentReference: { driveId: drive.id, id: entry.container } }))),
    ].map((item) => select(item, call.query));
    const next = last ? link(call, "token", { base: state.upto, upto: state.upto, at: 0 }, false) : link(call, "token", { ...state, at: page.at(-1)?.order ?? state.at }, false);
    return { json: { "@odata.context": context(call, "Collection(driveItem)"), [last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value } };
  }

  #all(container: string): Entry[] {
    return this.store.children(container).flatMap((entry) => (entry.kind === "folder" ? [entry, ...this.#all(entry.id)] : [entry]));
  }

  async #versions(call: Call): Promise<Answer> {
    const drive = this.#drive(call);
    return collection(call, "versions", await versionsOf(this.store, drive, this.#entry(call)), 200, (version) => ({
      id: version.id, size: version.size, lastModifiedDateTime: version.modified, lastModifiedBy: { user: { displayName: drive.owner.name } },
    }));
  }

  async #versionContent(call: Call): Promise<Answer> {
    const entry = this.#entry(call);
    const version = (await versionsOf(this.store, this.#drive(call), entry)).find(({ id }) => id === call.params["version"]);
    if (version === undefined) throw notFound("itemNotFound", "");
    return redirect(this.#address({ ...entry, size: version.size }, version.file));
  }

  async #permissions(call: Call): Promise<Answer> {
    const entry = this.#entry(call);
    const listed = await jsonOf(path.join(this.store.dir, `${entry.file}.permissions.json`));
    return collection(call, "permissions", Array.isArray(listed) ? (listed as object[]) : [], 200, (permission) => permission);
  }

  #address(entry: Entry, file: string): string {
    const expires = String(Date.now() + ADDRESS_MS);
    const name = encodeURIComponent(path.extname(relativePath(entry)).replace(/[^\w.]/g, "").padStart(2, "f."));
    return `${this.root()}/download/${name}/${entry.size}?f=${Buffer.from(file).toString("base64url")}&e=${expires}&s=${this.#signature(file, expires)}`;
  }

  #signature(file: string, expires: string): string {
    return createHmac("sha256", this.#key).update(`${file}\n${expires}`).digest("base64url");
  }
}

function redirect(location: string): Answer {
  return { status: 302, headers: { location }, stream: undefined };
}
