import { describe, expect, it } from "@jest/globals";
import { renderMessage, MESSAGE_FORMS, type MessageForm, type MessageOptions } from "../../../src/convert/message/message.js";
import type { ChatMessageRecord } from "../../../src/format/records.js";

const OPTIONS: MessageOptions = { lang: "en", hosted: (id) => (id === "gone" ? undefined : `mxc://x/${id}`) };

function message(over: Partial<ChatMessageRecord> = {}): ChatMessageRecord {
  return { v: 1, type: "chat-message", messageId: "1", kind: "message", createdAt: "2026-01-01T00:00:00Z", importance: "normal", format: "html", mentions: [], reactions: [], attachments: [], hosted: [], ...over };
}
const render = (html: string, form: MessageForm, over: Partial<ChatMessageRecord> = {}, options = OPTIONS) => renderMessage(message(over), html, form, options);
const all = (html: string, over: Partial<ChatMessageRecord> = {}, options = OPTIONS) => Object.fromEntries(MESSAGE_FORMS.map((form) => [form, render(html, form, over, options).text]));
const reasons = (html: string, form: MessageForm = "html", over: Partial<ChatMessageRecord> = {}) => render(html, form, over).losses.map(({ reason }) => reason);

describe("a message in four forms", () => {
  it("keeps marks, lists, links and code", () => {
    const source = '<div><p>Un <b>mot</b> <i>fort</i>, <strike>non</strike> <a href="https://a.example/x?b=1&amp;c=2">ici</a></p><ul><li>a<ol start="3"><li>b</li></ol></li></ul>'
      + '<codeblock class="Python"><code>if a &lt; b:<br>&nbsp;print("`")</code></codeblock><blockquote>dit</blockquote></div>';
    const html = '<div><p>Un <b>mot</b> <i>fort</i>, <s>non</s> <a href="https://a.example/x?b=1&#38;c=2">ici</a></p><ul><li>a<ol start="3"><li>b</li></ol></li></ul>'
      + '<pre><code class="language-python">if a &#60; b:<br>\u00a0print(&#34;`&#34;)</code></pre><blockquote>dit</blockquote></div>';
    expect(all(source)).toEqual({
      html, matrix: html,
      markdown: 'Un **mot** *fort*, ~~non~~ [ici](<https://a.example/x?b=1&c=2>)\n\n- a\n\n  3. b\n\n```python\nif a < b:\n\u00a0print("`")\n```\n\n> dit',
      text: 'Un mot fort, non ici (https://a.example/x?b=1&c=2)\n\n- a\n  3. b\n\nif a < b:\n\u00a0print("`")\n> dit',
    });
  });
  it("shows mentions, linked where the target knows the person", () => {
    const mentions = [{ index: 0, text: "Loïc", person: { kind: "user" as const, address: "loic@x.example" } }];
    const source = '<p><at id="0">Loïc Le Goff</at> et <at id="9"></at></p>';
    expect(all(source, { mentions })["text"]).toBe("@Loïc Le Goff et @");
    const linked: MessageOptions = { ...OPTIONS, mention: ({ person }) => `https://matrix.to/#/@${person?.address?.split("@")[0] ?? ""}:x.example` };
    expect(render(source, "matrix", { mentions }, linked).text).toBe('<p><a href="https://matrix.to/#/@loic:x.example">@Loïc Le Goff</a> et @</p>');
    expect(render('<p><at id="0"></at></p>', "text", { mentions }).text).toBe("@Loïc");
  });
  it("shows emoji as text, hosted pictures where they are, and no outside server", () => {
    const source = '<p><emoji alt="😀"></emoji><img itemtype="http://schema.skype.com/Emoji" alt="👍" src="https://cdn.example/1"><img src="https://graph.microsoft.com/v1.0/chats/1/messages/2/hostedContents/a%3D/$value" alt="courbe">'
      + '<img src="../hostedContents/gone/$value"><img src="https://spy.example/p.gif" alt="pub"></p>';
    expect(all(source)).toMatchObject({
      html: '<p>😀👍<img src="mxc://x/a=" alt="courbe">[picture]<a href="https://spy.example/p.gif">pub</a></p>', markdown: "😀👍![courbe](<mxc://x/a=>)\\[picture\\][pub](<https://spy.example/p.gif>)", text: "😀👍[courbe][picture]pub (https://spy.example/p.gif)",
    });
    expect(reasons(source)).toEqual(["conversation.picture-missing", "conversation.outside-picture"]);
  });
  it("gives Matrix no picture, link or cell that it does not permit", () => {
    const source = '<img src="/hostedContents/a/$value" alt="plan"><a href="tel:112">112</a><table><tfoot><tr><td rowspan="2">x</td></tr></tfoot></table>';
    const elsewhere = { lang: "en", hosted: () => "https://x.example/a.png" } as const;
    const { text, losses } = render(source, "matrix", {}, elsewhere);
    expect(text).toBe("[plan]112<table><tbody><tr><td>x</td></tr></tbody></table>");
    expect(losses.map(({ reason }) => reason)).toEqual(["conversation.picture-missing", "conversation.link", "conversation.cell-spans"]);
    expect(render(source, "html", {}, elsewhere).text).toBe('<img src="https://x.example/a.png" alt="plan"><a href="tel:112">112</a><table><tbody><tr><td rowspan="2">x</td></tr></tbody></table>');
  });
  it("shows tables, and says what a form has no cells for", () => {
    const source = "<table><tr><th>a</th><th>b|<code>c|d</code></th></tr><tr><td colspan=\"2\"><p>1</p><p>2</p></td></tr></table>";
    expect(all(source)).toMatchObject({
      matrix: "<table><tbody><tr><th>a</th><th>b|<code>c|d</code></th></tr><tr><td><p>1</p><p>2</p></td></tr></tbody></table>", markdown: "| a | b\\|`c\\|d` |\n| --- | --- |\n| 1 2 |  |", text: "a\tb|c|d\n1 2",
    });
    expect(render(source, "html").text).toContain('<td colspan="2">');
    expect([reasons(source), reasons(source, "matrix"), reasons(source, "markdown")]).toEqual([[], ["conversation.cell-spans"], ["conversation.cell-spans", "conversation.cell-blocks"]]);
  });
  it("puts markup in order: no block in a mark, no text outside of cells and items, no link in a link", () => {
    const html = (source: string) => render(source, "html").text;
    expect(html("<b>a<p>b</p>c</b>")).toBe("<b>a</b><p><b>b</b></p><b>c</b>");
    expect(html("<h2>a<ul>x<li>b</li><ul><li>c</li></ul></ul></h2>")).toBe("<h2>a</h2><ul><li>x</li><li>b<ul><li>c</li></ul></li></ul>");
    expect(html("<table> x <tr>y<td>z</td></tr><td>w</td></table>")).toBe("<table><tbody><tr><td> x </td></tr><tr><td>y</td><td>z</td></tr><tr><td>w</td></tr></tbody></table>");
    expect(html('<a href="https://a.example">a<b><a href="https://b.example">b</a></b></a><a href="https://c.example"> </a>')).toBe('<a href="https://a.example/">a<b>b</b></a><a href="https://c.example/">https://c.example/</a>');
    expect(html("<pre>\n\n  a<p>b</p></pre>")).toBe("<pre>\n\n  ab\n</pre>");
  });
  it("shows quotes, files and cards where they stand, and once", () => {
    const attachments = [
      { id: "q", mediaType: "messageReference", content: JSON.stringify({ messageId: "1", messagePreview: "Bonjour <b>", messageSender: { user: { displayName: "Zoé" } } }) },
      { id: "f", mediaType: "reference", name: "a.docx", url: "https://x.example/a.docx" },
      { id: "c", mediaType: "application/vnd.microsoft.card.adaptive", content: JSON.stringify({ type: "AdaptiveCard", body: [{ type: "TextBlock", text: "Alerte" }, { type: "RichTextBlock", inlines: ["à ", { type: "TextRun", text: "midi" }] }, { type: "FactSet", facts: [{ title: "Niveau", value: "3" }] }], actions: [{ type: "Action.OpenUrl", title: "Voir", url: "https://x.example/v" }, { title: "Piège", url: "javascript:alert(1)" }] }) },
      { id: "l", mediaType: "application/vnd.microsoft.card.fluidEmbedCard", content: JSON.stringify({ componentUrl: "https://x.example/loop", sourceType: "Compose" }) },
    ];
    const { html, text } = all('<attachment id="q"></attachment><p>oui</p><attachment id="q"></attachment>', { attachments });
    expect(html).toBe('<blockquote><p><b>Zoé</b></p><p>Bonjour &#60;b&#62;</p></blockquote><p>oui</p><p><a href="https://x.example/a.docx">a.docx</a></p>'
      + '<blockquote><p>Alerte</p><p>à midi</p><p>Niveau</p><p>3</p><p><a href="https://x.example/v">Voir</a></p><p>Piège</p></blockquote><blockquote><p><a href="https://x.example/loop">https://x.example/loop</a></p></blockquote>');
    expect(text?.startsWith("> Zoé\n>\n> Bonjour <b>\n\noui")).toBe(true);
    expect(reasons("", "html", { attachments })).toEqual(["conversation.quote", "conversation.card"]);
  });
  it("shows a forwarded message, sanitised like any other", () => {
    const attachments = [{ id: "m", mediaType: "forwardedMessageReference", content: JSON.stringify({ originalMessageContent: "<p onclick=x>vu<script>1</script></p>", originalMessageSender: { user: { displayName: "Luc" } } }) }];
    expect(render("", "html", { attachments }).text).toBe("<blockquote><p><b>Luc</b></p><p>vu</p></blockquote>");
    expect(reasons("", "html", { attachments })).toEqual(["conversation.quote", "conversation.active-content"]);
  });
  it("shows a snippet as code, or links or names it", () => {
    const attachments = [{ id: "s", mediaType: "application/vnd.microsoft.card.codesnippet", content: JSON.stringify({ name: "essai", language: "Python", codeSnippetUrl: "https://graph.microsoft.com/v1.0/chats/1/messages/2/hostedContents/abc/$value" }) }];
    const snippet = (id: string) => (id === "abc" ? "a = 1\nb = `x`" : undefined);
    expect(render("", "markdown", { attachments }, { lang: "fr", snippet }).text).toBe("essai\n\n```python\na = 1\nb = `x`\n```");
    expect(render("", "html", { attachments }).text).toBe('<p><a href="mxc://x/abc">essai</a></p>');
    expect(renderMessage(message({ attachments }), "", "text", { lang: "fr" })).toEqual({ text: "[essai]", losses: [{ field: "body", change: "dropped", side: "tool", reason: "conversation.picture-missing" }] });
  });
  it("marks what was edited, deleted or written by the service", () => {
    expect(render("<p>x</p>", "text", { editedAt: "2026-01-01T00:00:00Z", subject: "Sujet" }).text).toBe("Sujet\n\nx\n\n(edited)");
    expect(render("", "html", { deletedAt: "2026-01-01T00:00:00Z" }, { lang: "fr" }).text).toBe("<p><em>Ce message a été supprimé.</em></p>");
    const event = { "@odata.type": "#microsoft.graph.membersAddedEventMessageDetail", members: [{ displayName: "Max", id: "1" }, { displayName: null, id: "2" }], initiator: { user: { displayName: "Zoé" } } };
    expect(render("<systemEventMessage/>", "text", { kind: "event", event }).text).toBe("Members added: Max, 2 (Zoé)");
    expect(render("<systemEventMessage/>", "text", { kind: "event", event }, { lang: "fr" }).text).toBe("Membres ajoutés : Max, 2 (Zoé)");
    expect(render("", "text", { kind: "event", event: { "@odata.type": "#microsoft.graph.somethingNewEventMessageDetail" } }).text).toBe("something new");
    expect(render("a\nb <i>", "html", { format: "text" }).text).toBe("<p>a<br>b &#60;i&#62;</p>");
  });
  it("tells reactions as a line where asked", () => {
    const reactions = [{ reaction: "like", person: { kind: "user" as const, name: "Zoé" } }, { reaction: "🎉" }, { reaction: "👍", person: { kind: "user" as const, name: "Max" } }];
    expect(render("<p>x</p>", "text", { reactions }).text).toBe("x");
    expect(render("<p>x</p>", "text", { reactions }, { lang: "fr", reactions: true }).text).toBe("x\n\nRéactions : 👍 Zoé, Max · 🎉");
  });
  it("names what it leaves out", () => {
    expect(reasons('<p style="color:red">x</p>')).toEqual(["conversation.appearance"]);
    expect([reasons("<u>x</u>"), reasons("<u>x</u>", "markdown"), reasons("<b>x</b>", "text")]).toEqual([[], ["conversation.appearance"], ["conversation.appearance"]]);
    expect(reasons("<script>1</script><p onclick=\"x()\">a</p>")).toEqual(["conversation.active-content"]);
    expect(reasons('<a href="../x">a</a><a href=" java\nscript:alert(1)">b</a>')).toEqual(["conversation.link"]);
    expect(reasons("a\u0000b\ud800c\u0007")).toEqual(["conversation.characters"]);
    expect(reasons("<b>".repeat(101))).toEqual(["conversation.nesting"]);
    expect([reasons("<blockquote>".repeat(9) + "x"), reasons("<blockquote>".repeat(9) + "x", "markdown")]).toEqual([[], ["conversation.nesting"]]);
  });
});
