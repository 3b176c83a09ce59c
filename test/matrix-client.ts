export interface ServedMessage {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface MatrixAsker {
  /** `path` starts after `/_matrix/`. @throws Error naming the status when it is refused. */
  call(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Messages of a room that stand, without edits, pictures and files; oldest first. */
  messages(room: string): Promise<readonly ServedMessage[]>;
}

/** Plain requests to a Matrix server, as a user of the application service: shares no code with the driver. */
export function matrixAs(url: string, token: string, user?: string): MatrixAsker {
  const call: MatrixAsker["call"] = async (method, path, body) => {
    const address = new URL(`/_matrix/${path}`, url);
    if (user !== undefined) address.searchParams.set("user_id", user);
    const answer = await fetch(address, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const messages: MatrixAsker["messages"] = async (room) => {
    const found: ServedMessage[] = [];
    for (let from = ""; ;) {
      const page = await call("GET", `client/v3/rooms/${encodeURIComponent(room)}/messages?dir=f&limit=500${from === "" ? "" : `&from=${encodeURIComponent(from)}`}`);
      found.push(...(page["chunk"] as ServedMessage[]));
      if (typeof page["end"] !== "string" || page["end"] === from) break;
      from = page["end"];
    }
    return found.filter(({ type, content }) => type === "m.room.message" && ["m.text", "m.notice"].includes(String(content["msgtype"])) && (content["m.relates_to"] as { rel_type?: string } | undefined)?.rel_type !== "m.replace");
  };
  return { call, messages };
}
