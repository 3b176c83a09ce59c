import { text as textFrom } from "node:stream/consumers";
import type { Adapter } from "../../src/core/adapter.js";
import type { ForeseenLoss, PlacedContainer } from "../../src/core/item.js";
import { flattenedLosses } from "../../src/drivers/dav/resource-session.js";
import { declared, foresight, possible, sure } from "../../src/kit/forecast.js";
import { contactItem } from "../../src/kit/typed-items.js";
import type { CardVersion } from "./kind.js";
import { manifest } from "./manifest.js";
import { toVersion3 } from "./vcard3.js";

/** By the version that the configuration chose; "auto" leaves it to the address book. */
export function foreseeing(version: CardVersion): Adapter["foresee"] {
  const target = declared(manifest, "contacts", "item", ["contact.uid-changed", "target.edit-replaced"]);
  return async (item, open) => {
    if (version === "4.0") return foresight(target);
    if (open === undefined) return foresight(target, declared(manifest, "contacts", "item", ["contact.vcard3"]));
    const { losses } = toVersion3(await textFrom(open(contactItem(item).body)));
    return foresight(target, version === "3.0" ? sure(losses) : possible(losses));
  };
}

export function foreseePlace(container: PlacedContainer): readonly ForeseenLoss[] {
  return [...sure(flattenedLosses(container)), ...declared(manifest, "contacts", "container", ["container.label-refused"])];
}
