import { z } from "zod";
import type { BodyHash } from "../http/body-hash.js";
import type { WimiClient, Identification } from "./client.js";

/** Requests on files and folders: names and fields by the classes below src/Request/Document of praftr/wimi-api-client@c6e4535. */
const AnyAnswer = z.unknown();
/** What sync-wimi and pywimi read of `document.entry.List`: a size or a hash is not among it. */
const Listed = z.object({ files: z.array(z.object({ file_id: z.coerce.number(), name: z.string() })).nullable(), dirs: z.array(z.object({ dir_id: z.coerce.number(), name: z.string() })).nullable() });

/** A folder of a workspace; without `dir` the workspace itself. */
export interface Folder {
  readonly project: number;
  readonly dir?: number;
}

interface Entry {
  readonly id: number;
  readonly name: string;
}

export interface Entries {
  readonly files: readonly Entry[];
  readonly dirs: readonly Entry[];
}

const at = ({ project, dir }: Folder): Identification => ({ project_id: project, ...(dir === undefined ? {} : { dir_id: dir }) });

/** All of one folder: the request has no pages. */
export async function entriesOf(client: WimiClient, folder: Folder, signal: AbortSignal): Promise<Entries> {
  const { files, dirs } = await client.call(Listed, { target: "document.entry.List", identification: at(folder), data: { no_comment_count: true }, signal });
  return { files: (files ?? []).map(({ file_id: id, name }) => ({ id, name })), dirs: (dirs ?? []).map(({ dir_id: id, name }) => ({ id, name })) };
}

/** What it answers is in no source: the folder is listed afterwards. */
export async function createDirectory(client: WimiClient, parent: Folder, name: string, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "document.directory.Create", identification: at(parent), data: { name, conflict_rename: false }, signal });
}

export async function renameDirectory(client: WimiClient, project: number, dir: number, name: string, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "document.directory.EditName", identification: { project_id: project, dir_id: dir }, data: { name, conflict_rename: false }, signal });
}

/** Into `parent`: `dir_id` beside the list of what is moved is read as where it goes, and where it went is looked at afterwards. */
export async function moveDirectory(client: WimiClient, parent: Folder, dir: number, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "document.directory.Move", identification: { ...at(parent), dir_id_list: [dir] }, data: { conflict_rename: false }, signal });
}

export async function trashDirectory(client: WimiClient, project: number, dir: number, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "document.directory.MoveToTrash", identification: { project_id: project, dir_id_list: [dir] }, signal });
}

export interface NewFile {
  readonly name: string;
  readonly size: number;
  /** Hexadecimal; how it is to be written is in no source. */
  readonly md5?: string;
}

/** A new file under a name that nothing has there, without notice to anybody. `account_name`: as pywimi has it, beside what the class names. */
export async function uploadFile(client: WimiClient, folder: Folder, { name, size, md5 }: NewFile, open: () => AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const data = { name, size, ...(md5 === undefined ? {} : { md5 }), notify: false, replace_master: false, conflict_rename: false };
  await client.upload({ target: "document.file.Upload", identification: { ...at(folder), account_name: client.access.accountName }, data, signal }, size, open);
}

export async function renameFile(client: WimiClient, project: number, file: number, name: string, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "document.file.EditName", identification: { project_id: project, file_id: file }, data: { name, conflict_rename: false }, signal });
}

export async function trashFile(client: WimiClient, project: number, file: number, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "document.file.MoveToTrash", identification: { project_id: project, file_id_list: [file] }, signal });
}

export async function contentOfFile(client: WimiClient, project: number, file: number, wanted: BodyHash, signal: AbortSignal): Promise<BodyHash> {
  return client.download({ target: "document.file.Download", identification: { project_id: project, file_id: file }, signal }, wanted);
}

/** A workspace, without a mail to anybody. What it answers is in no source: the workspaces are listed afterwards. */
export async function createProject(client: WimiClient, name: string, category: number, signal: AbortSignal): Promise<void> {
  await client.call(AnyAnswer, { target: "main.project.Create", data: { project_name: name, category_id: category, no_email: true }, signal });
}
