import type { CloudFile, Resource, Store } from "./store.js";

/** `{"error": {"message"}}`. `undescribed`: of what no source shows. */
export class Refusal extends Error {
  constructor(message: string, readonly undescribed?: string) {
    super(message);
  }
}

/** A form with a file, and fields wherever they were. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array };
}

/** whaller_client/endpoints/upload.py, `Upload.chunksize`. */
const PIECE = 10 * 1024 * 1024;
const NUMBERS = ["dztotalfilesize", "dztotalchunkcount", "dzchunkindex", "dzchunkbyteoffset", "dzchunksize"] as const;

/** `POST spheres/<external id>/boxresources` (whaller_client/endpoints/box.py). */
export function addResource(store: Store, sphere: string, body: Readonly<Record<string, unknown>>): Resource {
  const { name, type, ext, cloudfile_id: cloud, parent_id: parent } = body;
  const members = type === 1 ? ["name", "type", "parent_id"] : ["name", "type", "ext", "cloudfile_id", "parent_id"];
  const other = Object.keys(body).find((member) => !members.includes(member));
  if (other !== undefined || (type !== 1 && type !== 2)) throw new Refusal("Bad request", `boxresources: ${other ?? "type"}`);
  if (!Object.hasOwn(store.spheres, sphere)) throw new Refusal("Sphere not found");
  if (typeof name !== "string" || name === "") throw new Refusal("Name required", "boxresources: name");
  const folder = parent === undefined ? undefined : store.resources.find(({ id }) => id === parent);
  if (parent !== undefined && (folder?.sphere !== sphere || folder.type !== 1)) throw new Refusal("Folder not found");
  const place = { id: store.next(), sphere, parent: folder?.id, name };
  if (type === 1) return keep(store, { ...place, type });
  const cloudFile = store.cloudFiles.find(({ id }) => id === cloud);
  if (typeof ext !== "string" || cloudFile?.sphere !== sphere) throw new Refusal("File not found", "boxresources: no file of that number");
  if (store.resources.some((one) => one.cloudFile === cloudFile)) throw new Refusal("File in use", "boxresources: the same file twice");
  return keep(store, { ...place, type, ext, cloudFile });
}

/** `POST upload/box_resource` (whaller_client/endpoints/upload.py): whole, or a piece; undefined before the last one. */
export function upload(store: Store, { fields, file }: Form): CloudFile | undefined {
  const { sphere_id: sphere = "", dzuuid, ...rest } = fields;
  if (!Object.hasOwn(store.spheres, sphere)) throw new Refusal("Sphere not found");
  const other = Object.keys(rest).find((field) => !NUMBERS.some((one) => one === field));
  if (other !== undefined) throw new Refusal("Bad request", `upload: ${other}`);
  if (dzuuid === undefined) {
    if (Object.keys(rest).length > 0 || file.bytes.byteLength > PIECE) throw new Refusal("Bad request", "upload: too large for one request");
    const whole = store.begin();
    whole.hash.update(file.bytes);
    return cloudFile(store, sphere, file, whole.hash.digest("hex"), file.bytes.byteLength);
  }
  const [total = NaN, count, index = NaN, offset, size] = NUMBERS.map((field) => Number(rest[field]));
  const pending = store.pending.get(dzuuid) ?? store.begin();
  const whole = Math.min(PIECE, total - pending.size);
  const described = total > PIECE && count === Math.ceil(total / PIECE) && index === pending.next && offset === pending.size && size === whole && file.bytes.byteLength === whole;
  if (!described) throw new Refusal("Bad request", `upload: piece ${index}`);
  pending.hash.update(file.bytes);
  Object.assign(pending, { size: pending.size + whole, next: pending.next + 1 });
  store.pending.set(dzuuid, pending);
  if (pending.size < total) return undefined;
  store.pending.delete(dzuuid);
  return cloudFile(store, sphere, file, pending.hash.digest("hex"), total);
}

function keep(store: Store, resource: Resource): Resource {
  store.resources.push(resource);
  return resource;
}

function cloudFile(store: Store, sphere: string, { name: filename, type: mediaType }: Form["file"], sha256: string, size: number): CloudFile {
  const made = { id: store.next(), sphere, size, sha256, filename, mediaType };
  store.cloudFiles.push(made);
  return made;
}
