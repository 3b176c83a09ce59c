import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/webdav/index.js";
import { below, nameOf, samePath } from "../../src/drivers/dav/paths.js";
import { propfindAll, remove } from "../../src/drivers/dav/verbs.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { NO_ABORT, SECRET, withDav } from "../dav-client.js";
import { testEnvironment } from "../environment.js";
import { titleFor, useServer } from "../servers.js";

const apache = useServer("apache");
const ACCOUNT = "bob@commune.example";

if (apache === undefined) describe.skip(titleFor("apache", apache), () => it("conforms", () => undefined));
else {
  const origin = `http://${apache.host}:${apache.port}`;
  for (const [way, url] of [["account folder", `${origin}/dav/{account}/`], ["folder to be made", `${origin}/dav/{account}/Reprise%20Microsoft/OneDrive`]] as const) {
    conformance({
      title: `webdav on apache, ${way}`, manifest: adapter.manifest, workload: "files", secrets: [SECRET, "wrong-secret"],
      adapter: (variant) => adapter.create(
        adapter.options.parse({ url, password: "env:PASSWORD", probe: ACCOUNT }),
        testEnvironment("webdav", { "env:PASSWORD": variant === "good" ? SECRET : "wrong-secret" }),
      ),
      account: () => ({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }),
      count: (account, into) => withDav(apache, account.name, async (client) => {
        const members = await propfindAll(client, `${into.id}/`, ["{DAV:}getetag"], "1", NO_ABORT);
        return (members ?? []).filter(({ href }) => !samePath(href, into.id) && nameOf(href) !== "").length;
      }),
      tamper: (account, into, ref) => withDav(apache, account.name, (client) => remove(client, below(into.id, ref.id), NO_ABORT)),
    }, { describe, it });
  }
}
