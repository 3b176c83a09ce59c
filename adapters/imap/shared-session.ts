import type { PutContext, PutResult, TargetContainer } from "../../src/core/adapter.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { grantRights, type Grant } from "../../src/drivers/imap/acl.js";
import type { Connections } from "../../src/drivers/imap/connections.js";
import type { Mailboxes } from "../../src/drivers/imap/mailboxes.js";
import { RIGHTS_UNOFFERED, rightsRefused } from "./losses.js";
import { ImapSession } from "./session.js";

/** The mail of an account that others may open: each folder that is made or used is given to them. What the server refuses is told once, with the next message that arrives. */
export class SharedSession extends ImapSession {
  readonly #told = new Set<string>();
  #untold: Loss[] = [];

  constructor(connections: Connections, mailboxes: Mailboxes, private readonly grants: readonly Grant[]) {
    super(connections, mailboxes);
  }

  override async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const prepared = await super.prepare(container, known, signal);
    const { offered, refused } = await grantRights(this.connections, prepared.id, this.grants, signal);
    for (const loss of [...(offered ? [] : [RIGHTS_UNOFFERED]), ...refused.map(({ person }) => rightsRefused(person))]) {
      if (this.#told.has(loss.field)) continue;
      this.#told.add(loss.field);
      this.#untold.push(loss);
    }
    return prepared;
  }

  override async put(item: Item, context: PutContext): Promise<PutResult> {
    const result = await super.put(item, context);
    if (result.outcome === "skipped") return result;
    const untold = this.#untold;
    this.#untold = [];
    return { ...result, losses: [...result.losses, ...untold] };
  }
}
