/** Where a folder of ours stands: what its name and parent were is told by nobody but us. */
export interface FolderAddress {
  /** External id of the sphere. */
  readonly sphere: string;
  /** Folder above; empty at the top of the box. */
  readonly parent: string;
  /** As it was made. */
  readonly name: string;
  /** Its number; empty for the box itself. */
  readonly folder: string;
}

const FORM = /^(?<sphere>[^/]+)\/(?<parent>[\w-]*)\/(?<name>[^/]*)\/(?<folder>[\w-]*)$/;

export function boxOf(sphere: string): string {
  return addressText({ sphere, parent: "", name: "", folder: "" });
}

export function addressText({ sphere, parent, name, folder }: FolderAddress): string {
  return `${sphere}/${parent}/${encodeURIComponent(name)}/${folder}`;
}

/** Undefined for what was not written by `addressText`. */
export function addressOf(text: string): FolderAddress | undefined {
  const { sphere, parent, name, folder } = FORM.exec(text)?.groups ?? {};
  return sphere === undefined || parent === undefined || name === undefined || folder === undefined ? undefined : { sphere, parent, name: decodeURIComponent(name), folder };
}
