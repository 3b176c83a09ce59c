import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { messageJson } from "../../../adapters/archive/conversation/graph-shape.js";
import { readMessage } from "../../../adapters/archive/conversation/read-message.js";
import { itemDigest } from "../../../src/core/digest.js";
import type { BlobRef, Item } from "../../../src/core/item.js";
import type { ChatMessageRecord } from "../../../src/format/records.js";
import { conversationSamples } from "../../../src/kit/conformance/sample-conversations.js";
import { ArchiveBench, NEVER } from "./bench.js";

const FIRST = Date.UTC(2026, 0, 12, 8, 0, 0);
const GRAPH = "https://graph.example/v1.0/chats/c/messages/1/hostedContents";
let bench: ArchiveBench;
beforeEach(async () => { bench = await ArchiveBench.make({ index: true }); });
afterEach(() => bench.remove());

interface Sent {
  readonly text: string;
  readonly told?: Partial<ChatMessageRecord>;
  readonly parts?: readonly BlobRef[];
}

/** Messages of the chat "Projet", as `chats` gives them, and what the archive derives from them. */
async function kept(messages: readonly Sent[], from = 0): Promise<void> {
  const session = await bench.session("chats");
  const chat = bench.container("chats", ["Projet"]);
  const into = await session.prepare(chat, undefined, NEVER);
  for (const [at, { text, told, parts = [] }] of messages.entries()) {
    const index = from + at;
    const record: ChatMessageRecord = {
      v: 1, type: "chat-message", messageId: String(FIRST + index), kind: "message", author: { kind: "user", name: "Zoé" }, createdAt: new Date(FIRST + index).toISOString(), importance: "normal", format: "html",
      mentions: [], reactions: [], attachments: [], hosted: [], ...told,
    };
    const body = bench.blobs.add(text, ".html");
    const item: Item = { kind: "item", key: { workload: "chats", owner: "owner-zoe", id: `c/${index}` }, container: "c", version: "1", title: "", record, body, parts, digest: itemDigest(record, body, parts), losses: [] };
    await session.put(item, bench.context(item, chat, into));
  }
  await bench.endRun();
}

async function page(): Promise<string> {
  const [name = ""] = (await bench.names("_index/conversations")).filter((one) => one.endsWith(".html"));
  return bench.text("_index/conversations", name);
}

describe("conversations in the archive", () => {
  it("are read back as the records that they were written from", () => {
    const records = conversationSamples("chats", bench.blobs).rich().map(({ item }) => item.record as ChatMessageRecord).filter(({ type }) => type === "chat-message");
    expect(records.length).toBeGreaterThan(6);
    for (const record of records) expect(readMessage({ ...messageJson(record, "<p>x</p>") })).toEqual({ record: { ...record, hosted: [] }, body: "<p>x</p>" });
    expect(readMessage({ id: 5 })).toBeUndefined();
  });
  it("show messages as sanitised HTML, with their own pictures and nobody else's", async () => {
    const [picture, code] = [bench.blobs.add("octets", ".bin"), bench.blobs.add("if a < b:", ".bin")];
    await kept([
      { text: `<p onclick="x()"><b>Bonjour</b> <img src="${GRAPH}/aW1=/$value" alt="plan"><img src="${GRAPH}/absent/$value"><img src="https://pisteur.example/x.png"><script>alert(1)</script></p>`, told: { hosted: [{ id: "aW1=", sha256: picture.sha256, size: picture.size }] }, parts: [picture] },
      { text: "", told: { attachments: [{ id: "s", mediaType: "application/vnd.microsoft.card.codesnippet", content: JSON.stringify({ language: "python", codeSnippetUrl: `${GRAPH}/code/$value` }) }], hosted: [{ id: "code", sha256: code.sha256, size: code.size }] }, parts: [code] },
      { text: "<p>réponse</p>", told: { replyTo: String(FIRST), editedAt: "2026-01-13T08:00:00Z", reactions: [{ reaction: "like", person: { kind: "user", name: "Luc" } }] } },
    ]);
    const html = await page();
    expect(html).toContain('<p><b>Bonjour</b> <img src="../../chats/Projet/hosted/aW1%3D" alt="plan">[image]<a href="https://pisteur.example/x.png">https://pisteur.example/x.png</a></p>');
    expect(html).toContain('<pre><code class="language-python">if a &#60; b:</code></pre>');
    expect(html).toMatch(/<section>.*<p>réponse<\/p><p><em>\(modifié\)<\/em><\/p><\/div><dl><dt>Réactions<\/dt><dd>👍 Luc<\/dd><\/dl><\/section>/);
    expect(html).not.toMatch(/<script|onclick|<img[^>]*https?:/);
    expect(html).not.toContain("Images:");
  });
  it("keep the original beside the sanitised HTML, a line a thread", async () => {
    const original = '<p style="color:red">a<script>1</script></p>';
    await kept([{ text: original }, { text: "<p>b</p>", told: { replyTo: String(FIRST) } }]);
    const lines = (await bench.text("chats/Projet/messages.jsonl")).trim().split("\n").map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([{ body: { content: original }, sanitizedHtml: "<p>a</p>", replies: [{ body: { content: "<p>b</p>" }, sanitizedHtml: "<p>b</p>" }] }]);
  });
  it("name a message that somebody broke, and go on", async () => {
    await kept([{ text: "<p>a</p>" }, { text: "<p>b</p>" }]);
    await bench.plant(JSON.stringify({ id: String(FIRST), createdDateTime: "hier" }), `chats/Projet/messages/${FIRST}.json`);
    await kept([{ text: "<p>c</p>" }], 2);
    const html = await page();
    expect([html.includes("Cet élément ne peut pas être montré ici"), html.includes("<p>b</p>"), html.includes("<p>c</p>")]).toEqual([true, true, true]);
  });
});
