import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/caldav/index.js";
import { below, nameOf, samePath } from "../../src/drivers/dav/paths.js";
import { propfindAll, remove } from "../../src/drivers/dav/verbs.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { NO_ABORT, SECRET, withDav } from "../dav-client.js";
import { testEnvironment } from "../environment.js";
import { titleFor, useServer } from "../servers.js";

const radicale = useServer("radicale");
const ACCOUNT = "alice@commune.example";

if (radicale === undefined) describe.skip(titleFor("radicale", radicale), () => it("conforms", () => undefined));
else {
  const origin = `http://${radicale.host}:${radicale.port}`;
  for (const [way, url] of [["discovery", `${origin}/`], ["home in the address", `${origin}/{account}/`]] as const) {
    conformance({
      title: `caldav on radicale, ${way}`, manifest: adapter.manifest, workload: "calendar", secrets: [SECRET, "wrong-secret"],
      adapter: (variant) => adapter.create(
        adapter.options.parse({ url, password: "env:PASSWORD", probe: ACCOUNT }),
        testEnvironment("caldav", { "env:PASSWORD": variant === "good" ? SECRET : "wrong-secret" }),
      ),
      account: () => ({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }),
      count: (account, into) => withDav(radicale, account.name, async (client) => {
        const members = await propfindAll(client, `${into.id}/`, ["{DAV:}getetag"], "1", NO_ABORT);
        return (members ?? []).filter(({ href }) => !samePath(href, into.id) && nameOf(href) !== "").length;
      }),
      tamper: (account, into, ref) => withDav(radicale, account.name, (client) => remove(client, below(into.id, ref.id), NO_ABORT)),
    }, { describe, it });
  }
}
