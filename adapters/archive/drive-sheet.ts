import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../src/lib/file-names.js";
import { Notes, type FileNote } from "./notes.js";
import { bytesOf } from "./text.js";

/**
 * Writes `<home>/drive.json`: creation dates and people of the drive's files by path, in Graph's words, `<path>#<n>` for an older version. It is
 * what a tenant loader reads beside the files, made from the notes; nothing is held in memory.
 */
export async function writeDriveSheet(tree: DiskTree, home: string): Promise<void> {
  const drive = `${home}/drive`;
  if ((await tree.info(drive))?.folder !== true) return;
  await tree.write(`${home}/drive.json`, bytesOf(sheet(new Notes(tree), tree, drive)));
}

async function* sheet(notes: Notes, tree: DiskTree, drive: string): AsyncGenerator<string> {
  let first = true;
  yield "{";
  for await (const [path, told] of entries(notes, tree, drive, "")) {
    yield `${first ? "" : ","}\n ${JSON.stringify(path)}: ${JSON.stringify(told)}`;
    first = false;
  }
  yield "\n}\n";
}

async function* entries(notes: Notes, tree: DiskTree, folder: string, path: string): AsyncGenerator<readonly [string, object]> {
  for await (const { component, note } of notes.files(folder)) {
    if ((await tree.info(`${folder}/${component}`)) === undefined) continue;
    const file = `${path}${decodeFileName(component)}`;
    yield [file, toldOf(note)];
    for (const [index, { modifiedAt }] of note.versions.entries()) if (modifiedAt !== undefined) yield [`${file}#${index + 1}`, { lastModifiedDateTime: modifiedAt }];
  }
  for await (const name of notes.folders(folder)) yield* entries(notes, tree, `${folder}/${name}`, `${path}${decodeFileName(name)}/`);
}

function toldOf({ createdAt, modifiedAt, createdBy, modifiedBy }: FileNote): object {
  return { createdDateTime: createdAt, lastModifiedDateTime: modifiedAt, createdBy, lastModifiedBy: modifiedBy };
}
