import type { PutContext } from "../../src/core/adapter.js";
import type { Loss } from "../../src/core/item.js";
import { eventOf, type MatrixEvent } from "../../src/drivers/matrix/events.js";
import { mediaDigest, upload } from "../../src/drivers/matrix/media.js";
import { headed } from "../../src/lib/first-piece.js";
import { namedKind } from "../../src/lib/media-types.js";
import { PARTS, partSource, SOURCE, transactionOf } from "./keys.js";
import type { Draft, Part } from "./message.js";
import type { OpenRoom } from "./open-room.js";

/** A part as the message's content tells of it. Without an event: it was too large for the server at the time. */
export interface SentPart {
  readonly id: string;
  readonly sha256: string;
  readonly event_id?: string;
  readonly url?: string;
}

export interface PartSending {
  readonly source: string;
  readonly as: string;
  readonly at: number;
  readonly relation: object | undefined;
  readonly limit: number | undefined;
  /** Of the message as it stands: a part with the same bytes is not sent again. */
  readonly standing: readonly SentPart[];
}

/** Sends the pictures and files of a message, which come before it: where the message stands, so do they. What a cut run left of them is found and used. */
export async function sendParts(open: OpenRoom, { parts }: Draft, sending: PartSending, context: PutContext): Promise<{ readonly sent: readonly SentPart[]; readonly losses: readonly Loss[] }> {
  const [sent, losses]: [SentPart[], Loss[]] = [[], []];
  for (const part of parts) {
    const before = sending.standing.find(({ id, sha256, event_id: event }) => id === part.id && sha256 === part.sha256 && event !== undefined);
    const one = before ?? (isOver(part, sending.limit) ? { id: part.id, sha256: part.sha256 } : await sendPart(open, part, sending, context));
    sent.push(one);
    if (one.event_id === undefined) losses.push({ field: "pictures", change: "dropped", side: "target", reason: "conversation.file-too-large" });
  }
  return { sent, losses };
}

async function sendPart(open: OpenRoom, part: Part, { source, as, at, relation }: PartSending, context: PutContext): Promise<SentPart> {
  const { signal } = context;
  const { room, history } = open;
  const own = partSource(source, `${part.id} ${part.sha256.slice(0, 16)}`);
  const left = history.seen(own) ?? (await open.arrived(own, signal));
  const standing = left === undefined ? undefined : await eventOf(room, left, signal);
  if (typeof standing?.content["url"] === "string") return { id: part.id, event_id: standing.event_id, url: standing.content["url"], sha256: part.sha256 };
  const { head, bytes } = await headed(bytesOf(part, context));
  const { mediaType, name } = namedKind(head, part);
  const url = await upload(room.client, { as, name, mediaType, size: part.size, bytes }, signal);
  if (url === undefined) return { id: part.id, sha256: part.sha256 };
  const content = {
    msgtype: mediaType.startsWith("image/") ? "m.image" : "m.file", body: name, filename: name, url, info: { mimetype: mediaType, size: part.size }, [SOURCE]: own, ...(relation === undefined ? {} : { "m.relates_to": relation }),
  };
  const event = await open.sendOnce(own, { type: "m.room.message", content, txn: transactionOf(own, url), at, as }, signal);
  return { id: part.id, event_id: event, url, sha256: part.sha256 };
}

/** Parts that the message's content names. */
export function partsIn(content: Readonly<Record<string, unknown>>): readonly SentPart[] {
  return Array.isArray(content[PARTS]) ? (content[PARTS] as SentPart[]) : [];
}

/** Ids of the parts whose bytes are not at the target as they are in the vault. */
export async function missingParts(open: OpenRoom, { parts }: Draft, event: MatrixEvent, { standing, limit }: Pick<PartSending, "standing" | "limit">, context: PutContext): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const part of parts) {
    const { id, sha256 } = part;
    const found = standing.find((one) => one.id === id);
    // Those that were too large were told as lost. Messages of earlier versions do not name those over a limit that was known.
    if (found === undefined ? isOver(part, limit) : found.url === undefined) continue;
    if (found?.url === undefined || (await mediaDigest(open.room.client, event.sender, found.url, context.signal)) !== sha256) missing.push(id);
  }
  return missing;
}

function isOver({ size }: Part, limit: number | undefined): boolean {
  return limit !== undefined && size > limit;
}

async function* bytesOf({ blob, text }: Part, context: PutContext): AsyncGenerator<Uint8Array> {
  if (blob === undefined) yield Buffer.from(text ?? "", "utf8");
  else yield* context.open(blob);
}
