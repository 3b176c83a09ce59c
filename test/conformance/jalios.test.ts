import { afterAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jalios/index.js";
import { below, nameOf, samePath } from "../../src/drivers/dav/paths.js";
import { propfindAll, remove } from "../../src/drivers/dav/verbs.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import type { TargetContainer } from "../../src/core/adapter.js";
import { NO_ABORT, SECRET, withDav } from "../dav-client.js";
import { EmulatedJalios } from "../emulators/jalios/server.js";
import { JaliosWebDav } from "../emulators/jalios/webdav.js";
import { testEnvironment } from "../environment.js";
import { KEY, MEMBER } from "../jalios.js";
import { titleFor, useServer } from "../servers.js";

const emulated = new EmulatedJalios(KEY, MEMBER);
await emulated.start();
afterAll(() => emulated.stop());

/** Each check has a team, hence a workspace, of its own: its contents can be counted. */
const TEAMS = 60;
const teams = Array.from({ length: TEAMS }, (_, at) => `equipe-${at}`);
for (const [at, team] of teams.entries()) emulated.store.workspaces.set(`j_${100 + at}`, team);
const workspaces = Object.fromEntries(teams.map((team, at) => [team, { "*": `j_${100 + at}` }]));
let used = 0;

conformance({
  title: "jalios on the emulator, part openapi", manifest: adapter.manifest, workload: "channels", secrets: [KEY, "wrong-secret"],
  adapter: (variant) => adapter.create(
    adapter.options.parse({ untried: true, openapi: { url: emulated.url, key: "env:KEY", workspaces, searchWait: 0.2 } }),
    testEnvironment("jalios", { "env:KEY": variant === "good" ? KEY : "wrong-secret" }),
  ),
  account: () => {
    const name = teams[used++ % TEAMS] ?? "";
    return { owner: sampleOwner(name), name };
  },
  count: (_account, into) => {
    const workspace = /^openapi:(\w+)\//.exec(into.id)?.[1] ?? "";
    return Promise.resolve([...emulated.store.contents.values()].filter(({ ws }) => ws === workspace).length);
  },
  tamper: (_account, _into, { id }) => {
    const content = emulated.store.contents.get(id.split("/")[1] ?? "");
    if (content !== undefined) content.fields["content"] = (content.fields["content"] ?? "").replace("Bonjour", "Au revoir");
    return Promise.resolve();
  },
}, { describe, it });

/** An account of this suite's own. */
const ACCOUNT = "gaston@commune.example";
const TREE = "/webdav/Espaces/Reprise";
const apache = useServer("apache");

if (apache === undefined) describe.skip(titleFor("apache", apache), () => it("conforms", () => undefined));
else {
  const front = new JaliosWebDav(new URL(`http://${apache.host}:${apache.port}`), TREE, "/dav");
  await front.start();
  afterAll(() => front.stop());
  const path = (into: TargetContainer): string => into.id.slice("webdav:".length).replace(TREE, "/dav");
  conformance({
    title: "jalios on a server in the manner of its WebDAV, part webdav", manifest: adapter.manifest, workload: "files", secrets: [SECRET, "wrong-secret"], account: () => ({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }),
    adapter: (variant) => adapter.create(
      adapter.options.parse({ untried: true, webdav: { url: `${front.url}/{account}/Reprise`, password: "env:SECRET", probe: ACCOUNT } }),
      testEnvironment("jalios", { "env:SECRET": variant === "good" ? SECRET : "wrong-secret" }),
    ),
    count: (who, into) => withDav(apache, who.name, async (client) => {
      const members = await propfindAll(client, `${path(into)}/`, ["{DAV:}getetag"], "1", NO_ABORT);
      return (members ?? []).filter(({ href }) => !samePath(href, path(into)) && nameOf(href) !== "").length;
    }),
    tamper: (who, into, ref) => withDav(apache, who.name, (client) => remove(client, below(path(into), ref.id), NO_ABORT)),
  }, { describe, it });
  it("was sent no name that the platform would change", () => expect(front.altered).toEqual([]));
}
