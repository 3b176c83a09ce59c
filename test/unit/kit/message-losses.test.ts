import { expect, it } from "@jest/globals";
import type { Manifest } from "../../../src/core/adapter.js";
import type { Loss } from "../../../src/core/item.js";
import type { LossReason } from "../../../src/core/losses.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { CARD_RULE, foreseenMessage, importanceLosses } from "../../../src/kit/message-losses.js";

const gap = (field: string, change: Loss["change"], reason: LossReason) => ({ of: "item", field, change, reason, cite: "a document" }) as const;
const manifest: Manifest = {
  name: "one", title: "One", docs: "docs/targets/one.md", concurrency: 1, skips: [CARD_RULE],
  workloads: {
    channels: {
      support: "partial", via: "rest", evidence: "emulator", cite: "a document", keepsDates: false, keepsAuthors: false,
      canFind: false, canReadBack: false, canUpdate: false, canRemove: false,
      gaps: [gap("importance", "dropped", "conversation.importance"), gap("replyTo", "approximated", "conversation.thread-flat"), gap("body", "approximated", "conversation.quote")],
    },
  },
};
const message = (importance: "normal" | "high") =>
  sampleItem("channels", "1", { v: 1, type: "chat-message", messageId: "1", kind: "message", createdAt: "2026-01-01T00:00:00Z", importance, format: "html", mentions: [], reactions: [], attachments: [], hosted: [] }, undefined);

it("a message's record decides some losses, its text and what stands the others; a card is left out by rule", async () => {
  const foreseen = async (importance: "normal" | "high", decided?: LossReason[]): Promise<string[]> =>
    (await foreseenMessage(message(importance), manifest, importanceLosses, decided)).losses.map(({ reason, sure }) => `${reason} ${sure ? "sure" : "possible"}`);
  expect(await foreseen("normal")).toEqual(["conversation.thread-flat possible", "conversation.quote possible"]);
  expect(await foreseen("high", ["conversation.thread-flat"])).toEqual(["conversation.importance sure", "conversation.quote possible"]);
  const card = sampleItem("channels", "Eau", { v: 1, type: "conversation", form: "channel", name: "Eau", archived: false, tabs: [] }, undefined);
  expect(await foreseenMessage(card, manifest, importanceLosses)).toEqual({ losses: [], skipped: "CONVERSATION_CARD" });
});
