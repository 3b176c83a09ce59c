import { ExodusError } from "../../core/errors.js";
import type { MailAccess } from "./emails.js";

const PAGE = 500;
/** More ids than these are not kept: so much has changed that all may be read. */
const MOST = 10_000;

export interface EmailChanges {
  /** Of all messages of the account. */
  readonly state: string;
  /** Ids of those that were made, changed or destroyed; "all" where the server cannot say. */
  readonly changed: ReadonlySet<string> | "all";
}

/** What became of an account's messages since a state (RFC 8620 section 5.2); keywords and mailboxes are of what `updated` tells (RFC 8621 section 4.3). Without one, the state alone. */
export async function emailChanges(mail: MailAccess, since: string | undefined, signal: AbortSignal): Promise<EmailChanges> {
  const told = since === undefined ? undefined : await changesSince(mail, since, signal);
  return told ?? { state: await stateOf(mail, signal), changed: "all" };
}

/** Undefined where the server cannot say. */
async function changesSince({ client, account }: MailAccess, since: string, signal: AbortSignal): Promise<EmailChanges | undefined> {
  const changed = new Set<string>();
  for (let state = since; changed.size <= MOST;) {
    const answer = await client.call("Email/changes", { accountId: account, sinceState: state, maxChanges: PAGE }, signal).catch((thrown: unknown) => {
      // `cannotCalculateChanges`, or no state of this server's.
      if (thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM") return undefined;
      throw thrown;
    });
    if (answer === undefined) return undefined;
    const { newState, hasMoreChanges } = answer;
    for (const list of [answer["created"], answer["updated"], answer["destroyed"]]) {
      if (!Array.isArray(list)) return undefined;
      for (const id of list) changed.add(String(id));
    }
    // A page that leads nowhere would be asked for again and again.
    if (typeof newState !== "string" || newState === "" || (hasMoreChanges === true && newState === state) || fell(state, newState)) return undefined;
    if (hasMoreChanges !== true) return { state: newState, changed };
    state = newState;
  }
  return undefined;
}

async function stateOf({ client, account }: MailAccess, signal: AbortSignal): Promise<string> {
  return String((await client.call("Email/get", { accountId: account, ids: [], properties: ["id"] }, signal))["state"] ?? "");
}

/** Cyrus 3.6 answers a number that it never came to (a backup was put back) as if nothing had changed since. */
function fell(before: string, after: string): boolean {
  return /^\d+$/.test(before) && /^\d+$/.test(after) && BigInt(after) < BigInt(before);
}
