import type { JaliosClient } from "../../src/drivers/jalios/client.js";
import { membersBy } from "../../src/drivers/jalios/contents.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { DiskMap } from "../../src/lib/disk-map.js";

/** Members by the addresses of authors, each asked for once a session. */
export class Members {
  readonly #known = new DiskMap();

  /** `wanted`: authors are set at all. */
  constructor(private readonly client: JaliosClient, private readonly wanted: boolean) {}

  /** Undefined where there is none, or more than one. */
  async of(author: ChatMessageRecord["author"], signal: AbortSignal): Promise<string | undefined> {
    const address = author?.address;
    if (!this.wanted || address === undefined) return undefined;
    let id = this.#known.get(address.toLowerCase());
    if (id === undefined) {
      const [member, ...others] = await membersBy(this.client, address, signal);
      id = member === undefined || others.length > 0 ? "" : member.id;
      this.#known.set(address.toLowerCase(), id);
    }
    return id === "" ? undefined : id;
  }

  close(): void {
    this.#known.close();
  }
}
