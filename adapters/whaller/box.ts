import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ExodusError } from "../../src/core/errors.js";
import type { StreamBody } from "../../src/drivers/http/client.js";
import { Pieces } from "../../src/lib/pieces.js";
import type { FolderAddress } from "./addresses.js";
import type { WhallerClient } from "./client.js";
import { partedName } from "./names.js";

/** whaller_client/endpoints/upload.py, `Upload.chunksize`: what is larger goes in pieces. */
const PIECE = 10 * 1024 * 1024;
/** box.py, `create_folder` and `create_file`. */
const [FOLDER, FILE] = [1, 2];
const Made = z.object({ id: z.union([z.number().int().nonnegative(), z.string().regex(/^[\w-]+$/)]) });
type Id = z.infer<typeof Made>["id"];

export interface BoxFile extends StreamBody {
  readonly name: string;
  readonly mediaType: string | undefined;
}

/** Folder above, and its sphere. */
type Place = Pick<FolderAddress, "sphere" | "folder">;

/** The boxes of spheres, as far as the vendor's client shows: things are put in, and neither listed nor changed. */
export class Box {
  constructor(private readonly client: WhallerClient) {}

  /**
   * The bytes alone, which are no entry of the box before `addFile` names them: sent again, they are nobody's. Each time under another `dzuuid`, since what a
   * piece becomes that is sent twice is told nowhere.
   */
  async upload(sphere: string, { name, mediaType, size, bytes }: BoxFile, signal: AbortSignal): Promise<Id> {
    const pieces = new Pieces(bytes);
    const [uuid, count] = [randomUUID(), Math.max(1, Math.ceil(size / PIECE))];
    try {
      let told: unknown;
      for (let index = 0; index < count; index += 1) {
        const offset = index * PIECE;
        const length = Math.min(PIECE, size - offset);
        const numbers = { dzuuid: uuid, dztotalfilesize: size, dztotalchunkcount: count, dzchunkindex: index, dzchunkbyteoffset: offset, dzchunksize: length };
        const fields = Object.fromEntries(Object.entries({ ...(count === 1 ? {} : numbers), sphere_id: sphere }).map(([field, value]) => [field, String(value)]));
        told = await this.client.upload("upload/box_resource", { fields, file: { field: "userfile", name, mediaType: typeOf(mediaType), size: length, bytes: pieces.take(length) } }, signal);
      }
      const made = Made.safeParse(told);
      if (!made.success) throw this.client.error("TARGET_PASSING", "upload/box_resource: no id");
      return made.data.id;
    } finally {
      await pieces.close();
    }
  }

  /** @throws ExodusError TARGET_CONTAINER_UNSURE where it may have been made, and under no number that is known. */
  async addFolder(into: Place, name: string, signal: AbortSignal): Promise<string> {
    const { target } = this.client.access;
    const unsure = (reason: string): ExodusError => new ExodusError("TARGET_CONTAINER_UNSURE", { params: { target, container: folderWords(into, name), reason } });
    const made = Made.safeParse(await this.#add(into, { name, type: FOLDER }, "folder", "TARGET_CONTAINER_REFUSED", unsure, signal));
    if (!made.success) throw unsure("boxresources, folder: no id");
    return String(made.data.id);
  }

  /** @throws ExodusError TARGET_UNSURE where it may have been made. */
  async addFile(into: Place, name: string, cloudFile: Id, signal: AbortSignal): Promise<void> {
    const unsure = (reason: string): ExodusError => this.client.error("TARGET_UNSURE", `${reason}; ${placeWords(into)}`);
    await this.#add(into, { ...partedName(name), cloudfile_id: cloudFile, type: FILE }, "file", "TARGET_REFUSED_ITEM", unsure, signal);
  }

  #add({ sphere, folder }: Place, entry: object, kind: string, refused: "TARGET_CONTAINER_REFUSED" | "TARGET_REFUSED_ITEM", unsure: (reason: string) => ExodusError, signal: AbortSignal): Promise<unknown> {
    // A number was told as such, and goes back so.
    const above = folder === "" ? {} : { parent_id: /^\d+$/.test(folder) ? Number(folder) : folder };
    return this.client.make(`spheres/${encodeURIComponent(sphere)}/boxresources`, { ...entry, ...above }, { action: `boxresources, ${kind}`, signal, refused, unsure });
  }
}

/** Where a person looks: addresses of Whaller's pages read <url>/sphere/<sphere>/box/<folder>. */
export function placeWords({ sphere, folder }: Place): string {
  return `sphere/${sphere}/box${folder === "" ? "" : `/${folder}`}`;
}

export function folderWords(into: Place, name: string): string {
  return `${placeWords(into)}: "${name}"`;
}

function typeOf(told: string | undefined): string {
  return told !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(told) ? told : "application/octet-stream";
}
