import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapterNames, loadAdapter, type AdapterName } from "../../../adapters/registry.js";
import { WebhookClient } from "../../../adapters/talkspirit/client.js";
import type { Adapter } from "../../../src/core/adapter.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { collected } from "../../../src/lib/collected.js";
import { testAccess, testEnvironment } from "../../environment.js";

/** Those that speak no HTTP, those that are made of others, and one whose doctor asks nothing. */
const OTHERS: readonly AdapterName[] = ["archive", "imap", "managesieve", "gofast", "jalios", "nextcloud", "twake", "talkspirit"];

describe("a server that takes requests and answers none", () => {
  let server: Server;
  const secret = "env:SECRET";
  const optionsOf = (url: string): readonly (readonly [AdapterName, object])[] => [
    ["caldav", { url, password: secret, probe: "zoe" }], ["carddav", { url, password: secret, probe: "zoe" }], ["webdav", { url }],
    ["cozy", { url, token: secret, probe: "zoe" }], ["cozy", { url, admin: url, passphrase: secret, probe: "zoe" }],
    ["fichiers", { url, signIn: { token: secret } }], ["fichiers", { url, signIn: { tokenUrl: url, clientId: "c", clientSecret: secret } }],
    ["jamespot", { url, user: "reprise@x.example", password: secret, vendorAgreement: true }],
    ["jmap", { url, user: "exodus", password: secret }], ["matrix", { url, token: secret, domains: ["x.example"] }],
    ["netframe", { url, user: "reprise@x.example", password: secret, brittle: true, profiles: { eau: "house/1" } }],
    ["whaller", { url, clientId: "c", clientToken: secret, login: "reprise", password: secret, untried: true, spheres: { eau: "s1" } }],
    ["wimi", { url, filesUrl: url, account: "mairie", user: "reprise", password: secret, appToken: secret, untried: true }],
  ];

  beforeAll(async () => {
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  });
  afterAll(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));

  it("is told by doctor after the target's `timeout`, whichever adapter speaks to it", async () => {
    const cases = optionsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect([...new Set(cases.map(([name]) => name)), ...OTHERS].sort()).toEqual([...adapterNames()].sort());
    const adapters: Adapter[] = [];
    for (const [name, options] of cases) {
      const module = await loadAdapter(name);
      if (module !== undefined) adapters.push(await module.create(module.options.parse({ ...options, timeout: 1 }), testEnvironment("cible", { [secret]: "secret" })));
    }
    const checks = await Promise.all(adapters.map((adapter) => collected(adapter.check(new AbortController().signal))));
    for (const adapter of adapters) await adapter.close();
    expect(checks.map((told) => told.map(({ code }) => code))).toEqual(cases.map(() => ["TARGET_SILENT"]));
  });

  it("leaves a post in doubt that cannot be looked for", async () => {
    const client = new WebhookClient({ ...testAccess("cible", "eau"), timeoutMs: 500 });
    const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const error = await thrownBy(() => client.send({ name: "Eau", address }, { content: "x", thread_id: "t", contact: { display_name: "Zoé" } }, "r1", new AbortController().signal));
    await client.close();
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_UNSURE", "TARGET_SILENT, ref. r1"]);
  });
});
