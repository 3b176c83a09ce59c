import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/carddav/index.js";
import { below } from "../../../src/drivers/dav/paths.js";
import { getText, put } from "../../../src/drivers/dav/verbs.js";
import { takesVersion4 } from "../../../src/drivers/carddav/addressbook-collection.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { NO_ABORT, SECRET, withDav } from "../../dav-client.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer } from "../../servers.js";

const cyrus = useServer("cyrus");
const ACCOUNT = "denis@commune.example";

(cyrus === undefined ? describe.skip : describe)(`cards on ${titleFor("cyrus", cyrus)}`, () => {
  const server = cyrus as NonNullable<typeof cyrus>;

  it("get no vCard 4.0, of which the server keeps the photo's first words only", async () => {
    const options = adapter.options.parse({ url: `http://${server.host}:${server.port}/`, password: "env:P" });
    const session = await (await adapter.create(options, testEnvironment("dav", { "env:P": SECRET }))).connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "contacts", NO_ABORT);
    const id = randomBytes(6).toString("hex");
    const into = await session.prepare({ workload: "contacts", owner: "o", id, name: id, path: [id] }, undefined, NO_ABORT);
    await session.close();
    const photo = `PHOTO:data:image/jpeg;base64,${randomBytes(30).toString("base64")}`;
    const card = ["BEGIN:VCARD", "VERSION:4.0", `UID:${id}`, "FN:Zoé", photo, "END:VCARD", ""].join("\r\n");
    await withDav(server, ACCOUNT, async (client) => {
      await put(client, below(into.id, "quatre.vcf"), card, { headers: { "content-type": "text/vcard" }, signal: NO_ABORT });
      const kept = (await getText(client, below(into.id, "quatre.vcf"), NO_ABORT))?.text.replace(/\r?\n[ \t]/g, "");
      expect(kept).toContain("PHOTO:data:image/jpeg");
      expect(kept).not.toContain(photo);
      expect(await takesVersion4(client, into.id, NO_ABORT)).toBe(false);
    });
  });
});
