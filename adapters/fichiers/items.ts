import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ExodusError } from "../../src/core/errors.js";
import type { StreamBody } from "../../src/drivers/http/client.js";
import type { JsonClient, Meaning, Refused } from "../../src/drivers/http/json-client.js";
import { presignedHeaders } from "../../src/drivers/http/presigned.js";
import { refusalCode } from "../../src/drivers/http/refusal-codes.js";
import { toldWords } from "../../src/drivers/http/told-words.js";
import { claim, standing } from "../../src/kit/chosen-ids.js";
import { retrying } from "../../src/lib/retry.js";
import { isNumbered } from "./names.js";

/** core/api/serializers.py, ItemSerializer and CreateItemSerializer: what is read of it. */
const Item = z.object({
  id: z.string(), title: z.string(), path: z.string(), size: z.number().nullish(), numchild: z.number().nullish(), policy: z.string().nullish(), upload_state: z.string().nullish(),
  abilities: z.object({ update: z.boolean() }),
});
export type DriveItem = z.infer<typeof Item>;
const Page = z.object({ next: z.string().nullable(), results: z.array(Item) });
/** drive/settings.py, MAX_PAGE_SIZE. */
const PAGE = 200;
type Draft = { readonly type: "folder"; readonly title: string } | { readonly type: "file"; readonly filename: string; readonly size: number };

/** Nobody may write to what lies in the trash, by itself or with its folder (core/models.py, get_abilities). */
export const stands = (item: DriveItem | undefined): item is DriveItem => item?.abilities.update === true;
export const parentOf = ({ path }: DriveItem): string | undefined => path.split(".").at(-2);

/** Items of the external API (docs/resource_server.md): each request bears the name under which `EXTERNAL_API` opens it. */
export class Items {
  constructor(private readonly client: JsonClient, private readonly acl: string) {}

  get(id: string, signal: AbortSignal): Promise<DriveItem | undefined> {
    return this.client.read(Item, "GET", `items/${id}/`, { action: "retrieve", unless: "TARGET_CONTAINER_MISSING", signal });
  }

  /** Undefined also for what another signer made, as in a pilot with a person's token: it is not ours to go on with. */
  async seen(id: string, signal: AbortSignal): Promise<DriveItem | undefined> {
    try {
      return await this.get(id, signal);
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_DENIED") throw thrown;
      // A closed action is told by the same words, but of what nobody made too (core/external_api/permissions.py comes before the item is looked up).
      await this.get(randomUUID(), signal);
      return undefined;
    }
  }

  find(seed: string, signal: AbortSignal): Promise<DriveItem | undefined> {
    return standing(seed, { get: (id) => this.seen(id, signal), judge: (item) => (stands(item) && item.upload_state !== "pending" ? "stands" : "gone") });
  }

  claim(seed: string, parent: string | undefined, draft: Draft, signal: AbortSignal): Promise<{ readonly item: DriveItem; readonly made: boolean }> {
    const [path, action] = parent === undefined ? ["items/", "create"] : [`items/${parent}/children/`, "children"];
    // The address for a file's bytes is told once, to whoever makes it: one that waits for them is of no use.
    const whole = (item: DriveItem): boolean => draft.type === "folder" || (item.upload_state !== "pending" && item.size === draft.size);
    return claim(seed, {
      target: this.client.access.target, get: (id) => this.seen(id, signal), judge: (item) => (!stands(item) ? "gone" : whole(item) ? "stands" : "broken"), discard: (id) => this.remove(id, signal),
      make: (id) => this.client.read(Item, "POST", path, { body: { ...draft, id }, action, unless: "item_create_existing_id", signal }),
    });
  }

  async upload({ id, policy }: DriveItem, body: StreamBody, signal: AbortSignal): Promise<DriveItem> {
    if (typeof policy !== "string" || !URL.canParse(policy)) throw this.client.error("TARGET_PASSING", "children: no policy");
    await this.client.upload(policy, body, { action: "upload", headers: presignedHeaders(policy, this.acl), signal });
    const end = (): Promise<DriveItem | undefined> => this.client.read(Item, "POST", `items/${id}/upload-ended/`, { body: {}, action: "upload_ended", unless: "item_upload_state_not_pending", signal });
    const ended = (await retrying(end, { attempts: 3, signal })) ?? (await this.get(id, signal));
    if (ended?.size !== body.size) throw this.client.error("TARGET_PASSING", `upload_ended: ${ended?.size ?? 0} / ${body.size}`);
    return ended;
  }

  /** Under this title in this folder. A title with the server's own number stays just after it was `made`, and while something else holds the title. */
  async place(item: DriveItem, parent: string | undefined, title: string, made: boolean, signal: AbortSignal): Promise<DriveItem> {
    if (parent !== undefined && parentOf(item) !== parent) await this.client.request("POST", `items/${item.id}/move/`, { body: { target_item_id: parent }, action: "move", signal });
    if (item.title === title || (made && isNumbered(item.title, title)) || (await this.isSecond(item, parent, title, signal))) return item;
    const named = await this.client.read(Item, "PATCH", `items/${item.id}/`, { body: { title }, action: "partial_update", signal });
    return named === undefined || named.title === item.title ? item : named;
  }

  /** Whether its title is this one with the server's number, and another item of the folder has it (core/api/filters.py, ItemFilter: what contains it is answered). */
  async isSecond({ id, title: numbered }: DriveItem, parent: string | undefined, title: string, signal: AbortSignal): Promise<boolean> {
    // At the root a title may be there twice (core/api/serializers.py, ItemSerializer.update).
    if (parent === undefined || !isNumbered(numbered, title)) return false;
    for (let page = 1; ; page++) {
      const query = new URLSearchParams({ title, page: String(page), page_size: String(PAGE) });
      const found = await this.client.read(Page, "GET", `items/${parent}/children/?${query.toString()}`, { action: "children", signal });
      if (found?.results.some((other) => other.title === title && other.id !== id) === true) return true;
      if (typeof found?.next !== "string") return false;
    }
  }

  /** To the trash. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.client.request("DELETE", `items/${id}/`, { action: "destroy", unless: "TARGET_CONTAINER_MISSING", signal });
  }
}

/** In the vendor's own words. */
export function meaning({ status, text, action }: Refused): Meaning {
  const { code: vendor, words } = toldWords(text);
  const code = vendor.endsWith("quota_exceeded") ? "TARGET_QUOTA_FULL" : action === "upload" && words.includes("expired") ? "TARGET_PASSING" : refusalCode(status);
  return { code, vendor, reason: [action, `HTTP ${status}`, vendor, words].filter((part) => part !== "").join(": ") };
}
