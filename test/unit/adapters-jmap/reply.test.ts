import { describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/jmap/index.js";
import { ReplyPart } from "../../../adapters/jmap/reply-part.js";
import type { PutContext, TargetRef } from "../../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import type { MailAccess } from "../../../src/drivers/jmap/emails.js";
import type { AutomaticReplyRecord } from "../../../src/format/settings.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { testEnvironment } from "../../environment.js";
import { taken, type Taken } from "../../taken.js";
import { LoopbackMail } from "./mailbox.js";

const { signal } = new AbortController();
const PLACED: PlacedContainer = { workload: "settings", owner: "o", id: "replies", name: "Réponses", path: ["Réponses"] };
const INTO = { id: "replies", created: false, losses: [] };
const HTML = "<p style=\"color:red\">Absente &amp; ravie</p>";
const reply = (over: Partial<AutomaticReplyRecord> = {}): Item => sampleItem("settings", "Réponse", { v: 1, type: "automatic-reply", status: "on", outside: "everybody", internalText: HTML, externalText: HTML, ...over }, undefined, "reply");
const text = (externalText: string): Item => reply({ internalText: externalText, externalText });

/** The one VacationResponse of an account (RFC 8621 §8) on a server that makes of a text what it will. */
class Account {
  standing: Record<string, unknown> = {};
  writes = 0;
  lostAnswers = 0;
  readonly session: ReplyPart;

  constructor(private readonly kept: (response: Record<string, unknown>) => Record<string, unknown>) {
    const call = (method: string, args: Record<string, unknown>): Promise<object> => method === "VacationResponse/get" ? Promise.resolve({ list: [{ ...this.standing, id: "singleton" }] }) : this.#write(args["update"] as never);
    this.session = new ReplyPart({ client: { call }, account: "a" } as unknown as MailAccess, "on");
  }

  #write({ singleton }: Record<"singleton", Record<string, unknown>>): Promise<object> {
    this.standing = this.kept(singleton);
    this.writes += 1;
    return this.lostAnswers-- > 0 ? Promise.reject(new Error("lost")) : Promise.resolve({});
  }

  async put(item: Item, known?: TargetRef): Promise<Taken> {
    return taken(await this.session.put(item, context(item, known)));
  }

  async verdict(item: Item, ref: TargetRef): Promise<string> {
    const { state, fields } = await this.session.verify(item, ref, context(item));
    return [state, ...fields.map(({ field }) => field)].join(" ");
  }
}

const context = (item: Item, known?: TargetRef): PutContext => contextOf({ blobs: new MemoryBlobs(), ledger: new MemoryLedger(), signal }, item, PLACED, INTO, known);
const cleaning = (response: Record<string, unknown>): Record<string, unknown> => ({ ...response, htmlBody: typeof response["htmlBody"] === "string" ? response["htmlBody"].replace(/ style="[^"]*"/g, "").replace("&amp;", "&#38;") : null });
const OWN = { isEnabled: true, textBody: "Le mien" };

const REPLY = sampleItem("settings", "Réponse", { v: 1, type: "automatic-reply", status: "on", outside: "everybody", internalText: "<p>Absente</p>", externalText: "<p>Absente</p>" }, undefined, "reply");

describe("automatic replies by JMAP", () => {
  it("are refused by the name of the workload where the server has none", async () => {
    const mail = await LoopbackMail.open();
    const created = await adapter.create(adapter.options.parse({ url: mail.client().access.base.href, password: "env:S" }), testEnvironment("courrier", { "env:S": "secret" }));
    await expect(created.connect({ owner: sampleOwner("zoe"), name: "zoe" }, "settings", new AbortController().signal)).rejects.toMatchObject({ code: "ROUTE_UNSUPPORTED", params: { target: "courrier", workload: "settings" } });
    expect(mail.calls).toEqual([]);
    await mail.close();
  });

  it("may be left out, which is foreseen", async () => {
    for (const [replies, sure] of [["off", ["settings.reply-off"]], ["on", []]] as const) {
      const created = await adapter.create(adapter.options.parse({ url: "http://127.0.0.1:9", password: "env:S", replies }), testEnvironment("courrier", { "env:S": "secret" }));
      const { losses } = await created.foresee(REPLY);
      expect(losses.filter((loss) => loss.sure).map(({ reason }) => reason)).toEqual(sure);
      expect(losses.filter((loss) => !loss.sure).map(({ reason }) => reason)).toEqual(["settings.reply-standing"]);
    }
  });
});

describe("automatic replies by JMAP on a server that cleans texts", () => {
  it("are ours, in every pass, as the server has them", async () => {
    const account = new Account(cleaning);
    const first = await account.put(reply());
    expect(first).toMatchObject({ outcome: "created", losses: [] });
    expect(await account.verdict(reply(), first.ref)).toBe("same");
    const styled = text(HTML.replace("<p", "<h1").replace("</p", "</h1"));
    const second = await account.put(styled, first.ref);
    expect({ outcome: second.outcome, html: account.standing["htmlBody"] }).toEqual({ outcome: "updated", html: "<h1>Absente &#38; ravie</h1>" });
    expect(await account.verdict(text("<p>Autre chose</p>"), second.ref)).toBe("different textBody htmlBody");
  });

  it("are known as ours after a lost answer, by the words that they say", async () => {
    for (const again of [(account: Account) => account.session.find(reply(), context(reply())), async (account: Account) => (await account.put(reply())).ref]) {
      const account = new Account(cleaning);
      account.lostAnswers = 1;
      await expect(account.put(reply())).rejects.toThrow("lost");
      const found = await again(account);
      expect({ found, writes: account.writes }).toEqual({ found: { id: "singleton", etag: expect.any(String) }, writes: 1 });
      expect(await account.put(reply(), found)).toMatchObject({ losses: [] });
      await account.session.remove(found as TargetRef, INTO, signal);
      expect(account.standing["isEnabled"]).toBe(false);
    }
  });

  it("are not ours with another switch, date, subject or text, or with no words at all", async () => {
    const ours = { isEnabled: true, textBody: "Absente & ravie", htmlBody: "<b>Absente &amp; ravie</b>" };
    for (const over of [{ isEnabled: false }, { toDate: "2036-09-01T08:00:00Z" }, { subject: "Absence" }, { textBody: "Absente" }, { htmlBody: "<p>Ravie</p>" }, { textBody: null, htmlBody: "<img src=x>" }]) {
      const account = new Account(cleaning);
      account.standing = { ...ours, ...over };
      expect({ over, found: await account.session.find(reply(), context(reply())), told: (await account.put(reply())).losses.map(({ reason }) => reason), writes: account.writes })
        .toEqual({ over, found: undefined, told: ["settings.reply-standing"], writes: 0 });
    }
    const [account, wordless] = [new Account(cleaning), text("<img src=y>")];
    account.standing = { isEnabled: true, htmlBody: "<img src=x>" };
    expect(await account.session.find(wordless, context(wordless))).toBeUndefined();
  });

  it("are different where words were lost", async () => {
    const account = new Account((response) => ({ ...response, textBody: "Absente", htmlBody: null }));
    const { ref } = await account.put(reply());
    expect(await account.verdict(reply(), ref)).toBe("different textBody htmlBody");
  });
});

describe("automatic replies by JMAP that their owner changed later", () => {
  it("are no difference, on or off, and whatever the source says", async () => {
    for (const item of [reply(), reply({ status: "off" })]) {
      const account = new Account((response) => response);
      const { ref } = await account.put(item);
      for (const own of [OWN, { ...OWN, isEnabled: false }]) {
        account.standing = own;
        expect(await account.verdict(item, ref)).toBe("same");
      }
    }
  });

  it("are different where nothing stands any more", async () => {
    const account = new Account((response) => response);
    const { ref } = await account.put(reply());
    account.standing = {};
    expect(await account.verdict(reply(), ref)).toBe("different isEnabled textBody htmlBody");
  });

  it("are different where the server did not switch ours off", async () => {
    const account = new Account((response) => ({ ...response, isEnabled: true }));
    const on = await account.put(reply());
    const off = await account.put(reply({ status: "off" }), on.ref);
    expect(await account.verdict(reply({ status: "off" }), off.ref)).toBe("different isEnabled");
  });
});
