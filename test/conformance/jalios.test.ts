import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/jalios/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { EmulatedJalios } from "../emulators/jalios/server.js";
import { KEY, MEMBER } from "../jalios.js";
import { testEnvironment } from "../environment.js";

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
