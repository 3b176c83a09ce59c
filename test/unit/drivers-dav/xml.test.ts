import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { hrefOf, parseMultistatus, textOf } from "../../../src/drivers/dav/multistatus.js";
import { parseXml, tag, xmlDocument, xmlText } from "../../../src/drivers/dav/xml.js";

const BASE = new URL("https://dav.example/");

describe("multistatus", () => {
  it("reads properties by namespace, whatever the prefixes", () => {
    const text = `<?xml version="1.0"?><x:multistatus xmlns:x="DAV:"><x:response><x:href>/a%20b/</x:href><x:propstat><x:prop><x:displayname>&#201;t&#xE9; &amp; co</x:displayname>
      <c:home xmlns:c="urn:c"><href xmlns="DAV:">https://dav.example/cal/</href></c:home></x:prop><x:status>HTTP/1.1 200 OK</x:status></x:propstat>
      <x:propstat><x:prop><x:getetag/></x:prop><x:status>HTTP/1.1 404 Not Found</x:status></x:propstat></x:response></x:multistatus>`;
    const [member] = parseMultistatus(text, BASE, "t");
    expect(member?.href).toBe("/a%20b/");
    expect(textOf(member, "{DAV:}displayname")).toBe("Été & co");
    expect(hrefOf(member, "{urn:c}home")).toBe("https://dav.example/cal/");
    expect([...(member?.refused ?? [])]).toEqual([["{DAV:}getetag", 404]]);
  });

  it("tells a local name of another namespace apart", () => {
    const [member] = parseMultistatus(`<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><displayname xmlns="urn:other">no</displayname></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`, BASE, "t");
    expect(textOf(member, "{DAV:}displayname")).toBeUndefined();
  });

  it("keeps the status of a response without properties", () => {
    const [member] = parseMultistatus(`<multistatus xmlns="DAV:"><response><href>/gone</href><status>HTTP/1.1 404 Not Found</status></response></multistatus>`, BASE, "t");
    expect(member?.status).toBe(404);
  });

  it("expands no entity of a document type", () => {
    const bomb = `<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><multistatus xmlns="DAV:"><response><href>&b;</href></response></multistatus>`;
    let href = "";
    try {
      href = parseMultistatus(bomb, BASE, "t")[0]?.href ?? "";
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(ExodusError);
    }
    expect(href).not.toContain("aaaa");
  });

  it("names what is no XML", () => {
    expect(() => parseXml("", "t")).toThrow(ExodusError);
  });

  it("writes what it can read again, without what XML forbids", () => {
    const root = parseXml(xmlDocument(tag("{urn:x}a", xmlText("1 < 2 & \"é\" \u0001\ud83d\r"), { name: "\"<" })), "t");
    expect(root.text).toBe("1 < 2 & \"é\" \ufffd\r");
    expect(root.attributes["name"]).toBe("\"<");
  });
});
