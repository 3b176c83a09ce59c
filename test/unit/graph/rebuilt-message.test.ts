import { describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { ExodusError } from "../../../src/core/errors.js";
import { cannotBeMime, rebuiltMessage } from "../../../src/graph/mail/rebuilt-message.js";
import { fakeClient, page, type Answer } from "../graph-calendar/fake-client.js";

const PATH = "/users/u1/messages/m1";
const wanted = { signal: new AbortController().signal };
const MESSAGE = { id: "m1", subject: "Été", body: { contentType: "text", content: "bonjour" }, from: { emailAddress: { name: "", address: "a@b.fr" } }, sentDateTime: "2026-03-01T10:00:00Z", internetMessageId: "<m@b.fr>" };
const file = (id: string, size: number): object => ({ "@odata.type": "#microsoft.graph.fileAttachment", id, name: `${id}.bin`, contentType: "application/octet-stream", size, isInline: false });

async function rebuilt(routes: Readonly<Record<string, Answer>>, message: object = MESSAGE): Promise<{ text: string; losses: readonly object[] }> {
  const { bytes, losses } = await rebuiltMessage(fakeClient({ [PATH]: () => message, ...routes }), PATH, wanted);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString("utf8"), losses };
}

describe("a rebuilt message", () => {
  it("names each attachment that cannot come along, and keeps the others", async () => {
    const { text, losses } = await rebuilt({
      [`${PATH}/attachments`]: () => [page({ "@odata.type": "#microsoft.graph.referenceAttachment", id: "r", name: "lien" }, file("gone", 10)), page(file("kept", 10))],
      [`${PATH}/attachments/kept`]: () => ({ ...file("kept", 10), contentBytes: Buffer.from("gardé").toString("base64") }),
    });
    expect(losses).toEqual([
      { field: "body", change: "approximated", side: "source", reason: "mail.rebuilt" },
      { field: "attachments[lien]", change: "dropped", side: "source", reason: "mail.reference-attachment" },
      { field: "attachments[gone.bin]", change: "dropped", side: "source", reason: "mail.attachment-unreadable" },
    ]);
    const { attachments } = await PostalMime.parse(text);
    expect(attachments.map(({ filename, content }) => [filename, Buffer.from(content as ArrayBuffer).toString("utf8")])).toEqual([["kept.bin", "gardé"]]);
  });

  it("fails as a whole when a large attachment breaks in the middle", async () => {
    const broken = (): never => { throw new ExodusError("GRAPH_PASSING", { params: { status: 502 } }); };
    await expect(rebuilt({ [`${PATH}/attachments`]: () => [page(file("big", 9_000_000))], [`${PATH}/attachments/big/$value`]: broken })).rejects.toMatchObject({ code: "GRAPH_PASSING" });
  });

  it("has an attached appointment or contact under its own type", async () => {
    const item = (id: string): object => ({ "@odata.type": "#microsoft.graph.itemAttachment", id, name: id, size: 100 });
    const value = (text: string) => () => Buffer.from(text);
    const { text } = await rebuilt({
      [`${PATH}/attachments`]: () => [page(item("reunion"), item("carte"), item("message"))],
      [`${PATH}/attachments/reunion/$value`]: value("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), [`${PATH}/attachments/carte/$value`]: value("BEGIN:VCARD\r\nEND:VCARD\r\n"),
      [`${PATH}/attachments/message/$value`]: value("Subject: x\r\n\r\ny\r\n"),
    });
    const { attachments } = await PostalMime.parse(text, { forceRfc822Attachments: true });
    expect(attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([["reunion.ics", "text/calendar"], ["carte.vcf", "text/vcard"], ["message.eml", "message/rfc822"]]);
  });

  it("is made of whatever is there: nothing but an id, addresses of Exchange's own, headers with line ends", async () => {
    const bare = await rebuilt({ [`${PATH}/attachments`]: () => [page()] }, { id: "m1" });
    expect(bare.text).toMatch(/^Message-ID: <[0-9a-f]{24}@rebuilt\.invalid>\r$/m);
    expect(bare.text).toMatch(/^Date: Thu, 01 Jan 1970 00:00:00 \+0000\r$/m);
    const odd = await rebuilt({ [`${PATH}/attachments`]: () => [page()] }, {
      ...MESSAGE, from: { emailAddress: { name: "Vieux compte", address: "/O=EXCHANGE/OU=X/CN=RECIPIENTS/CN=VIEUX" } }, toRecipients: [{ emailAddress: { name: "sans adresse" } }, {}],
      internetMessageHeaders: [{ name: "X-Injected", value: "a\r\nBcc: intrus@x.fr" }, { name: "Content-Type", value: "text/evil" }, { name: null, value: "x" }, { name: "X Y:\r\nZ", value: "v" }],
    });
    const email = await PostalMime.parse(odd.text);
    expect(email.headers.map(({ key }) => key)).not.toContain("bcc");
    expect(email.headers.filter(({ key }) => key === "content-type").map(({ value }) => value)).toEqual([expect.stringMatching(/^text\/plain/)]);
    expect(email.from?.address).toContain("RECIPIENTS");
    expect(email.text?.trim()).toBe("bonjour");
  });

  it("is asked for only where Exchange says that it cannot write the message", () => {
    expect(["GRAPH_NO_MIME", "GRAPH_REFUSED", "GRAPH_PASSING", "GRAPH_NOT_FOUND", "GRAPH_CONSENT"].map((code) => cannotBeMime(new ExodusError(code as "GRAPH_PASSING")))).toEqual([true, true, false, false, false]);
    expect(cannotBeMime(new Error("x"))).toBe(false);
  });
});
