import type { PutContext, PutResult, TargetContainer, TargetRef, Verdict } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { Label, Labels } from "../../src/drivers/jmap/labels.js";
import type { CategoryRecord } from "../../src/format/settings.js";
import { settingItem } from "../../src/kit/typed-items.js";
import type { SettingPart } from "./settings-session.js";

const COLOR: Loss = { field: "color", change: "approximated", side: "target", reason: "settings.category-color" };

/** Shades of Outlook's words for its colours, which Graph tells without their values: those of CSS Color 4 (section 6.1) where it has the word, but for dark gray, which is lighter than gray there; else near to it. "None" is absent. */
const SHADES: Readonly<Record<string, string>> = {
  red: "#ff0000", orange: "#ffa500", brown: "#a52a2a", yellow: "#ffff00", green: "#008000", teal: "#008080", olive: "#808000", blue: "#0000ff", purple: "#800080", cranberry: "#dc143c", steel: "#4682b4",
  "dark-steel": "#36648b", gray: "#808080", "dark-gray": "#505050", black: "#000000", "dark-red": "#8b0000", "dark-orange": "#ff8c00", "dark-brown": "#5c1717", "dark-yellow": "#b8860b",
  "dark-green": "#006400", "dark-teal": "#005050", "dark-olive": "#556b2f", "dark-blue": "#00008b", "dark-purple": "#4b0082", "dark-cranberry": "#8b0a28",
};

/** Categories of a mailbox as labels of Twake Mail. An etag is `made` where we made the label, and its colour where we gave it: what people chose stays, and so does a label of theirs. */
export class CategoryPart implements SettingPart {
  readonly type = "category";
  readonly prefix = "label:";

  constructor(private readonly labels: Labels) {}

  async put(item: Item, { known, signal }: PutContext): Promise<PutResult> {
    const { name, color: word } = category(item);
    const shade = SHADES[word] ?? null;
    const losses = shade === null ? [] : [COLOR];
    const { label, made } = await this.labels.ensure(name, shade, signal);
    const before = readEtag(known);
    const ours = made || (before.made && known?.id === this.prefix + label.id);
    const free = !label.readOnly && (label.color === null || label.color === before.color);
    const paint = !made && shade !== null && label.color !== shade && free;
    if (paint) await this.labels.paint(label, shade, signal);
    const color = paint || made ? shade : label.color === before.color ? before.color : null;
    return { outcome: known === undefined ? "created" : made || paint ? "updated" : "unchanged", ref: this.#refOf(label, ours, color), losses };
  }

  /** Nobody is known to have made it: it will not be removed. */
  async find(item: Item, { signal }: PutContext): Promise<TargetRef | undefined> {
    const label = await this.labels.again(category(item).name, signal);
    return label === undefined ? undefined : this.#refOf(label, false, null);
  }

  async remove(ref: TargetRef, _into: TargetContainer, signal: AbortSignal): Promise<void> {
    if (readEtag(ref).made) await this.labels.remove(ref.id.slice(this.prefix.length), signal);
  }

  async verify(item: Item, _ref: TargetRef, { signal }: PutContext): Promise<Verdict> {
    return { state: (await this.labels.again(category(item).name, signal)) === undefined ? "missing" : "same", fields: [] };
  }

  #refOf({ id }: Label, made: boolean, color: string | null): TargetRef {
    return { id: this.prefix + id, etag: [...(made ? ["made"] : []), ...(color === null ? [] : [color])].join(" ") };
  }
}

function readEtag(ref: TargetRef | undefined): { readonly made: boolean; readonly color: string | undefined } {
  const words = (ref?.etag ?? "").split(" ");
  return { made: words.includes("made"), color: words.find((word) => word.startsWith("#")) };
}

/** Of an item that the session gave to this part. */
function category(item: Item): CategoryRecord {
  return settingItem(item).record as CategoryRecord;
}
