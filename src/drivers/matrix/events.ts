import { timeQuery, type Room } from "./rooms.js";

/** An event as the server gives it. */
export interface MatrixEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly unsigned?: { readonly redacted_because?: unknown; readonly "m.relations"?: { readonly "m.replace"?: { readonly content?: Readonly<Record<string, unknown>> } } };
}

export interface Sending {
  readonly type: string;
  readonly content: object;
  /** Same within a day: same event (client-server API, "Transaction identifiers"; servers forget sooner or later). */
  readonly txn: string;
  /** Epoch milliseconds that the event is to carry. */
  readonly at: number | undefined;
  readonly as: string;
}

/** Answers the event's id; undefined for an annotation that is there already. */
export async function send(room: Room, { type, content, txn, at, as }: Sending, signal: AbortSignal): Promise<string | undefined> {
  const { errcode, body } = await room.client.request("PUT", `${room.path}/send/${encodeURIComponent(type)}/${encodeURIComponent(txn)}`, {
    as, query: timeQuery(at), body: content, expect: type === "m.reaction" ? ["M_DUPLICATE_ANNOTATION"] : [], signal,
  });
  return errcode === undefined ? String(body["event_id"]) : undefined;
}

/** Undefined when it is not in the room, or was redacted. */
export async function eventOf(room: Room, id: string, signal: AbortSignal): Promise<MatrixEvent | undefined> {
  const { errcode, body } = await room.client.request("GET", `${room.path}/event/${encodeURIComponent(id)}`, { as: room.actor, expect: ["M_NOT_FOUND"], signal });
  if (errcode !== undefined) return undefined;
  const event = body as unknown as MatrixEvent;
  return isRedacted(event) ? undefined : event;
}

export function isRedacted({ content, unsigned }: MatrixEvent): boolean {
  return unsigned?.redacted_because !== undefined || Object.keys(content).length === 0;
}

/** What the event says after its last edit; the relation is that of the first (client-server API, "Applying m.new_content"). */
export function presentContent({ content, unsigned }: MatrixEvent): Readonly<Record<string, unknown>> {
  const edited = unsigned?.["m.relations"]?.["m.replace"]?.content?.["m.new_content"];
  if (typeof edited !== "object" || edited === null) return content;
  const relation = content["m.relates_to"];
  return { ...(edited as Record<string, unknown>), ...(relation === undefined ? {} : { "m.relates_to": relation }) };
}

/** Events that relate to one, page after page. */
export async function* relations(room: Room, id: string, relation: string, type: string, signal: AbortSignal): AsyncGenerator<MatrixEvent> {
  let from: string | undefined;
  do {
    const { body } = await room.client.request("GET", `client/v1/rooms/${encodeURIComponent(room.id)}/relations/${encodeURIComponent(id)}/${encodeURIComponent(relation)}/${encodeURIComponent(type)}`, {
      as: room.actor, query: { limit: "100", ...(from === undefined ? {} : { from }) }, signal,
    });
    yield* ((body["chunk"] ?? []) as readonly MatrixEvent[]).filter((event) => !isRedacted(event));
    from = typeof body["next_batch"] === "string" ? body["next_batch"] : undefined;
  } while (from !== undefined);
}

/** A page of a room's messages on the way from its end (`from` absent) to its beginning; `end` is where the next one starts, absent at the beginning. */
export async function historyPage(room: Room, from: string | undefined, signal: AbortSignal): Promise<{ readonly events: readonly MatrixEvent[]; readonly end: string | undefined }> {
  const filter = JSON.stringify({ types: ["m.room.message"] });
  const { body } = await room.client.request("GET", `${room.path}/messages`, { as: room.actor, query: { dir: "b", limit: "500", filter, ...(from === undefined ? {} : { from }) }, signal });
  // Client-server API, "GET /rooms/{roomId}/messages", "end".
  return { events: (body["chunk"] ?? []) as readonly MatrixEvent[], end: typeof body["end"] === "string" && body["end"] !== from ? body["end"] : undefined };
}

/** The whole room from its end to its beginning, messages alone. */
export async function* history(room: Room, signal: AbortSignal): AsyncGenerator<MatrixEvent> {
  let from: string | undefined;
  do {
    const { events, end } = await historyPage(room, from, signal);
    yield* events;
    from = end;
  } while (from !== undefined);
}

/** By its own sender, who may always do so. Twice is once. */
export async function redact(room: Room, { event_id: id, sender }: Pick<MatrixEvent, "event_id" | "sender">, signal: AbortSignal): Promise<void> {
  await room.client.request("PUT", `${room.path}/redact/${encodeURIComponent(id)}/${encodeURIComponent(`gone-${id}`)}`, { as: sender, body: {}, expect: ["M_NOT_FOUND"], signal });
}
