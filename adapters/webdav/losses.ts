import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { isCut, spellings, type ServerNames } from "../../src/drivers/webdav/names.js";
import { approximated, bareFileLosses, dropped, FOLDER_RULE } from "../../src/kit/file-losses.js";
import { announces, declared, foresight, sure } from "../../src/kit/forecast.js";
import { fileItem, folderItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";

/** `written`: the spelling of the name that the server takes. */
export function nameLosses(field: "name" | "folder", name: string, written: string, names: ServerNames): readonly Loss[] {
  return name === written ? [] : [approximated(field, isCut(written, name, rulesOf(field, names)) ? "files.name-shortened" : "files.name")];
}

function rulesOf(field: "name" | "folder", { file, folder }: ServerNames): ServerNames["file"] {
  return field === "name" ? file : folder;
}

/** `written`: the folder's name, with a mark when another container holds every spelling. */
export function folderLosses(name: string, written: string, names: ServerNames): readonly Loss[] {
  const [least = written] = spellings(name, names.folder);
  if (spellings(name, names.folder).includes(written)) return nameLosses("folder", name, written, names);
  return [...nameLosses("folder", name, least, names), approximated("folder", "container.marked")];
}

export function conflictLoss(): Loss {
  return approximated("name", "files.renamed-conflict");
}

export function dateLoss(kept: "property" | "none"): Loss {
  return kept === "property" ? approximated("modifiedAt", "files.date-as-property") : dropped("modifiedAt", "files.dates");
}

export function foresee(item: Item, names: ServerNames): Promise<Foresight> {
  if (folderItem(item) !== undefined) return Promise.resolve({ losses: [], skipped: FOLDER_RULE });
  const { record } = fileItem(item);
  const server = declared(manifest, "files", "item", ["files.renamed-conflict", "files.date-as-property", "files.dates"]);
  return Promise.resolve(foresight(sure(bareFileLosses(record)), namesForeseen("name", record.name, names), server));
}

export function foreseePlace({ name, path }: PlacedContainer, names: ServerNames): readonly ForeseenLoss[] {
  return path.length === 0 ? [] : [...namesForeseen("folder", name, names), ...declared(manifest, "files", "container", ["container.marked"])];
}

/** Which spelling a server takes it tells when asked: what all of them cost is sure. */
function namesForeseen(field: "name" | "folder", name: string, names: ServerNames): readonly ForeseenLoss[] {
  const costs = spellings(name, rulesOf(field, names)).map((spelling) => nameLosses(field, name, spelling, names));
  const all = costs.flat();
  return all.filter((loss, at) => all.findIndex((other) => announces(other, loss)) === at)
    .map((loss) => ({ ...loss, sure: costs.every((cost) => cost.some((one) => announces(one, loss))) }));
}
