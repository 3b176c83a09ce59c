import { reactionSign } from "../../src/convert/message/reactions.js";
import type { Loss } from "../../src/core/item.js";
import { redact, relations, send, type MatrixEvent } from "../../src/drivers/matrix/events.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { SOURCE, transactionOf } from "./keys.js";
import { closedLoss } from "./losses.js";
import type { OpenRoom } from "./open-room.js";
import type { Identity, People } from "./people.js";

export interface WantedReaction {
  readonly who: Identity;
  readonly sign: string;
  readonly at: number | undefined;
}

/** One of a kind a person, as Matrix has it (client-server API, "Avoiding duplicate annotations"); those that nobody gave are lost. */
export function wantedReactions({ reactions }: ChatMessageRecord, people: People): { readonly wanted: readonly WantedReaction[]; readonly losses: readonly Loss[] } {
  const wanted = new Map<string, WantedReaction>();
  const losses: Loss[] = [];
  for (const { reaction, at, person } of reactions) {
    if (person === undefined) losses.push({ field: "reactions", change: "dropped", side: "target", reason: "conversation.reaction-unnamed" });
    else {
      const [who, sign] = [people.of(person), reactionSign(reaction)];
      if (sign !== "") wanted.set(`${who.user} ${sign}`, { who, sign, at: at === undefined ? undefined : Date.parse(at) });
    }
  }
  return { wanted: [...wanted.values()], losses };
}

/** Adds what is missing and takes away what we brought and the source no longer has; people's own stay, and so does what a closed account would have to do. */
export async function bringReactions(open: OpenRoom, message: string, source: string, wanted: readonly WantedReaction[], fresh: boolean, signal: AbortSignal): Promise<{ readonly changed: boolean; readonly losses: readonly Loss[] }> {
  const standing = fresh ? [] : await reactionsOn(open, message, signal);
  let [changed, closed] = [false, false];
  const as = async (user: string, work: () => Promise<unknown>): Promise<void> => {
    if (await open.unlessClosed(user, work, signal)) changed = true;
    else closed = true;
  };
  for (const { who, sign, at } of wanted.filter((one) => !standing.some((event) => event.sender === one.who.user && keyOf(event) === one.sign))) {
    await as(who.user, async () => {
      await open.enter(who, signal, at);
      await send(open.room, {
        type: "m.reaction", as: who.user, at, txn: transactionOf(source, message, "reaction", who.user, sign), content: { "m.relates_to": { rel_type: "m.annotation", event_id: message, key: sign }, [SOURCE]: source },
      }, signal);
    });
  }
  for (const event of standing.filter(({ sender, content }) => content[SOURCE] === source && !wanted.some(({ who, sign }) => who.user === sender && sign === keyOf({ content })))) {
    await as(event.sender, () => redact(open.room, event, signal));
  }
  return { changed, losses: closed ? [closedLoss("reactions")] : [] };
}

/** Reactions that we are to have brought, and those that we have, but for what was told as lost with a closed account. */
export async function comparedReactions(open: OpenRoom, message: string, source: string, wanted: readonly WantedReaction[], signal: AbortSignal): Promise<{ readonly expected: readonly string[]; readonly found: readonly string[] }> {
  const brought = (await reactionsOn(open, message, signal)).filter(({ content }) => content[SOURCE] === source).map((event) => ({ user: event.sender, told: `${event.sender} ${keyOf(event)}` }));
  const told = wanted.map(({ who: { user }, sign }) => ({ user, told: `${user} ${sign}` }));
  const [expected, found] = [await open.butClosed(told, brought, signal), await open.butClosed(brought, told, signal)];
  return { expected, found };
}

export async function reactionsOn({ room }: OpenRoom, message: string, signal: AbortSignal): Promise<readonly MatrixEvent[]> {
  const found: MatrixEvent[] = [];
  for await (const event of relations(room, message, "m.annotation", "m.reaction", signal)) found.push(event);
  return found;
}

export function keyOf({ content }: Pick<MatrixEvent, "content">): string {
  const relation = content["m.relates_to"] as { readonly key?: unknown } | undefined;
  return typeof relation?.key === "string" ? relation.key : "";
}
