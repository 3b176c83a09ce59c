import type { NetframeClient } from "./client.js";
import type { Folder } from "./documents.js";

type PageReader = Pick<NetframeClient, "read" | "error">;
/** More than one entry's attributes, which hold its name (resources/views/media/xplorer/folder.blade.php); names are escaped. */
const KEPT = 8 * 1024;

/** Whether nothing stands in a folder, as its page shows it, read no further than the first entry. Files of an unfinished workflow are not shown. */
export async function looksEmpty(client: PageReader, folder: Folder, signal: AbortSignal): Promise<boolean> {
  return (await scan(client, folder, signal, (text, ended) => (/<li class="container/.test(text) ? false : ended ? true : undefined))) ?? false;
}

/** Whether a file is shown in a folder. */
export async function shows(client: PageReader, folder: Folder, media: number, signal: AbortSignal): Promise<boolean> {
  const entry = new RegExp(`\\sid="file-${media}"`);
  return (await scan(client, folder, signal, (text) => entry.test(text) || undefined)) ?? false;
}

/** How many files of unfinished workflows a folder has, as the page of the one that it stands in shows; undefined where it is not shown there. */
export function workflowsIn(client: PageReader, above: Folder, folder: number, signal: AbortSignal): Promise<number | undefined> {
  const entry = new RegExp(`\\sid="folder-${folder}"[^>]*?\\sdata-workflows="(\\d+)"`);
  return scan(client, above, signal, (text) => {
    const count = entry.exec(text)?.[1];
    return count === undefined ? undefined : Number(count);
  });
}

/** `showList` (resources/views/media/list.blade.php) has no pages: a folder's is as long as it has files, and is never held whole. */
function scan<T>(client: PageReader, { profile, id }: Folder, signal: AbortSignal, look: (text: string, ended: boolean) => T | undefined): Promise<T | undefined> {
  const list = `data-folder-id="${id === 0 ? "" : id}"`;
  return client.read(`medias/show/${profile.type}/${profile.id}${id === 0 ? "" : `/${id}`}`, "medias/show", signal, async ({ body }) => {
    const decoder = new TextDecoder();
    let [text, inside] = ["", false];
    for await (const piece of body) {
      text += decoder.decode(piece, { stream: true });
      const start = inside ? 0 : text.indexOf(list);
      if (start >= 0) {
        inside = true;
        const end = text.indexOf("</section>", start);
        const found = look(text.slice(start, end < 0 ? undefined : end), end >= 0);
        if (found !== undefined || end >= 0) return found;
      }
      text = text.slice(inside ? Math.max(start, text.length - KEPT) : -KEPT);
    }
    throw client.error("TARGET_PASSING", "medias/show: not the page of that folder");
  });
}
