import { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import { mayHaveArrived } from "../http/lost-answers.js";
import type { WimiClient } from "./client.js";

/**
 * A message into a chat (src/Request/Chat/Chat/PostMessageRequest.php of praftr/wimi-api-client@c6e4535; as ArnaudGardille/dify@9a7824c sends it,
 * api/core/tools/provider/builtin/wimi/tools/create_message.py). It has neither thread, author nor date, and what is there cannot be listed: no source says
 * what `LoadMessages` answers. Whatever may have been taken for all its failing is told by TARGET_UNSURE; any other error means that nothing arrived.
 */
export async function postMessage(client: WimiClient, chat: number, message: string, ref: string, signal: AbortSignal): Promise<void> {
  try {
    await client.call(z.unknown(), { target: "chat.chat.PostMessage", identification: { chat_id: chat }, data: { message, integration_attachment: null }, alone: true, signal });
  } catch (thrown) {
    // A page, an error of the server's own: nothing says that the message was not taken.
    if (!mayHaveArrived(thrown) && !(thrown instanceof ExodusError && thrown.code === "TARGET_PASSING")) throw thrown;
    throw client.error("TARGET_UNSURE", `${String(thrown.params["reason"] ?? thrown.code)}, ref. ${ref}`);
  }
}

const Chats = z.object({ chats: z.array(z.record(z.string(), z.unknown())) });

/** What the chats that the service account sees are called, with their numbers: of each whatever ends in "id" or "name", since no source says what a chat consists of. */
export async function chatsOf(client: WimiClient, signal: AbortSignal): Promise<readonly string[]> {
  const { chats } = await client.call(Chats, { target: "chat.chat.GetList", data: { comment_count: false }, signal });
  return chats.map((chat) => Object.entries(chat).flatMap(([key, value]) => (/(?:id|name)$/.test(key) && ["string", "number"].includes(typeof value) ? [`${key} ${String(value)}`] : [])).join(" "));
}
