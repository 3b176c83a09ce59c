import { markIn, markOf } from "../../src/convert/message/origin.js";
import type { Lang } from "../../src/core/errors.js";
import type { PlacedContainer } from "../../src/core/item.js";
import type { JamespotClient } from "../../src/drivers/jamespot/client.js";
import { createSpot, PRIVATE, spotOf, spots, updateSpot, type Spot } from "../../src/drivers/jamespot/spots.js";
import type { ConversationRecord } from "../../src/format/records.js";

export interface GroupOptions {
  readonly lang: Lang;
  /** Of new groups; undefined: none are made. */
  readonly category: string | undefined;
}

const WORDS = { en: { from: "Brought from Microsoft Teams", ref: "ref.", empty: "(empty, to be removed)" }, fr: { from: "Repris de Microsoft Teams", ref: "réf.", empty: "(vide, à supprimer)" } } as const;

export interface Group {
  readonly spot: Spot;
  readonly made: boolean;
}

/** Groups ("spots") of ours, known by a mark in their descriptions: the title is people's to change. */
export class Groups {
  /** By their marks. */
  #found: Map<string, number> | undefined;

  constructor(private readonly client: JamespotClient, private readonly options: GroupOptions) {}

  /** The group of a container, made where there is none. */
  async claim(container: PlacedContainer, title: string, known: number | undefined, signal: AbortSignal): Promise<Group> {
    const mark = markOf(container);
    const { spot, made } = (await this.#standing(mark, known, signal)) ?? (await this.#make(mark, title, signal));
    if (spot.title === title) return { spot, made };
    await updateSpot(this.client, spot, this.#draft(spot, title, spot.description ?? ""), signal);
    return { spot: { ...spot, title }, made };
  }

  of(id: number, signal: AbortSignal): Promise<Spot | undefined> {
    return spotOf(this.client, id, signal);
  }

  /** The first line has the mark: what people wrote at the source follows it. */
  described(mark: string, record?: Pick<ConversationRecord, "description" | "tabs">): string {
    const { from, ref } = WORDS[this.options.lang];
    const tabs = (record?.tabs ?? []).map(({ name, url }) => (url === undefined ? name : `${name} : ${url}`));
    return [`${from} (${ref} ${mark})`, record?.description ?? "", ...tabs].filter((line) => line !== "").join("\n");
  }

  /** Answers whether anything was changed. */
  async describe(spot: Spot, description: string, signal: AbortSignal): Promise<boolean> {
    if (spot.description === description) return false;
    await updateSpot(this.client, spot, this.#draft(spot, spot.title, description), signal);
    return true;
  }

  /** The client has no call that removes a group: one that is empty loses its mark, and says by its title that it may go. */
  async release(spot: Spot, signal: AbortSignal): Promise<void> {
    const mark = markIn(spot.description ?? "");
    if (mark === undefined) return;
    await updateSpot(this.client, spot, this.#draft(spot, `${WORDS[this.options.lang].empty} ${spot.title}`, ""), signal);
    this.#found?.delete(mark);
  }

  async #standing(mark: string, known: number | undefined, signal: AbortSignal): Promise<Group | undefined> {
    for (const id of [known, (await this.#marked(signal)).get(mark)]) {
      const spot = id === undefined ? undefined : await this.of(id, signal);
      if (spot !== undefined && markIn(spot.description ?? "") === mark) return { spot, made: false };
    }
    return undefined;
  }

  async #make(mark: string, title: string, signal: AbortSignal): Promise<Group> {
    const { category, lang } = this.options;
    if (category === undefined) throw this.client.error("TARGET_CONTAINER_REFUSED", `no group is named for "${title}" in "groups", and without "category" none is made`);
    try {
      const { id } = await createSpot(this.client, { title, description: this.described(mark), category, language: lang }, signal);
      const spot = await this.of(id, signal);
      // Before a word is written: what others must not read stands in no group that shows it to all.
      if (spot?.privacy !== PRIVATE) {
        if (spot !== undefined) await this.release(spot, signal);
        throw this.client.error("TARGET_CONTAINER_REFUSED", `spot/create: spot/${id} is not private`);
      }
      await this.#proven(mark, id, signal);
      return { spot, made: true };
    } catch (thrown) {
      // It may have been made all the same.
      this.#found = undefined;
      throw thrown;
    }
  }

  /** A platform that does not give the mark back would get a second group at the next run. */
  async #proven(mark: string, id: number, signal: AbortSignal): Promise<void> {
    this.#found = undefined;
    if ((await this.#marked(signal)).get(mark) !== id) throw this.client.error("TARGET_MARK_LOST", "objectList/jamespotSpotQueryList");
  }

  async #marked(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    if (this.#found !== undefined) return this.#found;
    const found = new Map<string, number>();
    for await (const { id, description } of spots(this.client, signal)) {
      const mark = markIn(description ?? "");
      if (mark !== undefined && !found.has(mark)) found.set(mark, id);
    }
    return (this.#found = found);
  }

  #draft({ category, language, privacy }: Spot, title: string, description: string): Parameters<typeof updateSpot>[2] {
    return { title, description, category: category ?? this.options.category ?? "", language: language ?? this.options.lang, privacy: privacy ?? PRIVATE };
  }
}
