import { afterAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/gofast/index.js";
import type { Adapter, TargetContainer } from "../../src/core/adapter.js";
import { below, nameOf, samePath } from "../../src/drivers/dav/paths.js";
import { propfindAll, remove } from "../../src/drivers/dav/verbs.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { NO_ABORT, SECRET, withDav } from "../dav-client.js";
import { AlfrescoFront } from "../emulators/alfresco/front.js";
import { testEnvironment } from "../environment.js";
import { matrixAs } from "../matrix-client.js";
import { titleFor, useServer } from "../servers.js";

/** Files: an account of this suite's own. Conversations: one of the people in the suite's own samples. */
const [ACCOUNT, ZOE] = ["fatou@commune.example", "zoe@commune.example"];
const SPACE = "/alfresco/webdav/Sites/_Organisations/_Mairie";
const [apache, synapse] = [useServer("apache"), useServer("synapse")];

const create = (options: Record<string, unknown>, secret: string): Promise<Adapter> => adapter.create(adapter.options.parse(options), testEnvironment("gofast", { "env:SECRET": secret }));
/** The part's own address of a container, without the part's name. */
const bare = (part: string, into: TargetContainer): string => into.id.slice(part.length + 1);

if (apache === undefined) describe.skip(titleFor("apache", apache), () => it("conforms", () => undefined));
else {
  const front = new AlfrescoFront(new URL(`http://${apache.host}:${apache.port}`), SPACE, "/dav");
  await front.start();
  afterAll(() => front.stop());
  const options = { webdav: { url: `${front.url}/{account}/Reprise`, password: "env:SECRET", probe: ACCOUNT } };
  const { manifest } = await create(options, SECRET);
  const path = (into: TargetContainer): string => bare("webdav", into).replace(SPACE, "/dav");
  conformance({
    title: "gofast on apache in the manner of Alfresco, part webdav", manifest, workload: "files", secrets: [SECRET, "wrong-secret"], account: () => ({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }),
    adapter: (variant) => create(options, variant === "good" ? SECRET : "wrong-secret"),
    count: (who, into) => withDav(apache, who.name, async (client) => {
      const members = await propfindAll(client, `${path(into)}/`, ["{DAV:}getetag"], "1", NO_ABORT);
      return (members ?? []).filter(({ href }) => !samePath(href, path(into)) && nameOf(href) !== "").length;
    }),
    tamper: (who, into, ref) => withDav(apache, who.name, (client) => remove(client, below(path(into), ref.id), NO_ABORT)),
  }, { describe, it });
  it("left nothing that people would not see in GoFAST", () => expect([...front.unseen]).toEqual([]));
}

if (synapse === undefined) describe.skip(titleFor("synapse", synapse), () => it("conforms", () => undefined));
else {
  const url = `http://${synapse.host}:${synapse.port}`;
  const options = { matrix: { url, token: "env:SECRET", domains: ["commune.example"] } };
  const { manifest } = await create(options, "as-secret");
  for (const workload of ["channels", "chats"] as const) {
    const ask = matrixAs(url, "as-secret", workload === "chats" ? "@zoe:commune.example" : undefined);
    conformance({
      title: "gofast on synapse, part matrix", manifest, workload, secrets: ["as-secret", "wrong-word"], account: () => ({ owner: sampleOwner(ZOE), name: ZOE }),
      adapter: (variant) => create(options, variant === "good" ? "as-secret" : "wrong-word"),
      count: async (_who, into) => (await ask.messages(bare("matrix", into))).length,
    }, { describe, it });
  }
}
