import { z } from "zod";
import { ExodusError } from "../../core/errors.js";

/** A file or folder as the stack tells it (cozy-stack docs/files.md, "POST /files/:dir-id"). */
export interface CozyDocument {
  readonly id: string;
  /** Revision: what `If-Match` names. */
  readonly rev: string;
  readonly folder: boolean;
  readonly name: string;
  readonly parent: string | undefined;
  /** Of a folder: its whole path. */
  readonly path: string | undefined;
  readonly createdAt: string | undefined;
  readonly updatedAt: string | undefined;
  readonly size: number | undefined;
  /** Base64. */
  readonly md5: string | undefined;
  readonly tags: readonly string[];
  readonly trashed: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of a file, oldest first, where the answer tells them: after an overwrite and when one file is asked for. */
  readonly versions: readonly CozyVersion[];
}

/** What is to be known of a folder to find and make things in it. */
export type FolderPlace = Pick<CozyDocument, "id" | "path">;

export interface CozyVersion {
  readonly updatedAt: string | undefined;
  readonly tags: readonly string[];
}

/** Identifiers that every instance has (cozy-stack pkg/consts/files.go; docs/files.md, "Root directory"). */
export const ROOT_ID = "io.cozy.files.root-dir";
export const TRASH_ID = "io.cozy.files.trash-dir";

const Attributes = z.looseObject({
  type: z.string().optional(), name: z.string().default(""), dir_id: z.string().optional(), path: z.string().optional(),
  created_at: z.string().optional(), updated_at: z.string().optional(), size: z.coerce.number().optional(), md5sum: z.string().optional(),
  tags: z.array(z.string()).nullish(), trashed: z.boolean().optional(), metadata: z.record(z.string(), z.unknown()).nullish(), restore_path: z.string().optional(),
});
const Resource = z.looseObject({ type: z.string(), id: z.string(), meta: z.looseObject({ rev: z.string().optional() }).optional(), attributes: Attributes });
const One = z.looseObject({ data: Resource, included: z.array(Resource).nullish() });
const Page = z.looseObject({ data: z.array(Resource).nullish(), links: z.looseObject({ next: z.string().optional() }).nullish() });
const VERSIONS = "io.cozy.files.versions";

/** @throws ExodusError TARGET_PASSING for an answer of another shape. */
export function documentOf(body: unknown, target: string): CozyDocument {
  const { data, included } = shaped(One, body, target);
  return { ...toDocument(data), versions: (included ?? []).filter(({ type }) => type === VERSIONS).map(toVersion).sort(byAge) };
}

/** A page of a folder's content, and the address of the next. */
export function pageOf(body: unknown, target: string): { readonly documents: readonly CozyDocument[]; readonly next: string | undefined } {
  const { data, links } = shaped(Page, body, target);
  return { documents: (data ?? []).map(toDocument), next: links?.next };
}

export function shaped<T>(schema: z.ZodType<T>, body: unknown, target: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ExodusError("TARGET_PASSING", { params: { target, reason: "an answer of an unknown shape" }, cause: parsed.error });
}

function toDocument({ id, meta, attributes }: z.infer<typeof Resource>): CozyDocument {
  const { type, name, dir_id: parent, path, size, md5sum: md5, tags, trashed, metadata, restore_path: restorePath } = attributes;
  return {
    id, rev: meta?.rev ?? "", folder: type === "directory", name, parent, path, createdAt: attributes.created_at, updatedAt: attributes.updated_at, size, md5,
    // A folder in the trash has no mark of its own but where it came from (docs/files.md, "Trash").
    tags: tags ?? [], trashed: trashed === true || parent === TRASH_ID || (restorePath ?? "") !== "" || path?.startsWith("/.cozy_trash/") === true,
    metadata: metadata ?? {}, versions: [],
  };
}

function toVersion({ attributes: { updated_at: updatedAt, tags } }: z.infer<typeof Resource>): CozyVersion {
  return { updatedAt, tags: tags ?? [] };
}

function byAge(one: CozyVersion, other: CozyVersion): number {
  return Date.parse(one.updatedAt ?? "") - Date.parse(other.updatedAt ?? "");
}
