import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/jmap/index.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { serverVerb, titleFor, useServer } from "../servers.js";

/** An instance of the suite's own, started anew: its memory would hold what every run before has left. */
const OWN = { EXODUS_SERVERS_DIR: path.join(tmpdir(), "exodus-james-conformance"), EXODUS_JAMES_PORT: "31980", EXODUS_JAMES_ADMIN_PORT: "31981", EXODUS_JAMES_IMAP_PORT: "31982" };
serverVerb("james", "stop", OWN);
const server = useServer("james", OWN);
const SECRET = "secret";

if (server === undefined) describe.skip(titleFor("james", server), () => it("conforms", () => undefined));
else {
  const james = new James(server);
  const name = `conformance-${randomBytes(4).toString("hex")}@commune.example`;
  let made: Promise<void> | undefined;
  afterAll(() => void serverVerb("james", "reset", OWN));
  conformance({
    title: "jmap on james", manifest: adapter.manifest, workload: "mail", secrets: [SECRET, "wrong-word"],
    adapter: async (variant) => {
      await (made ??= james.addAccount(name));
      return adapter.create(
        adapter.options.parse({ url: james.url, user: "exodus@commune.example", password: "env:PASSWORD", probe: name }),
        testEnvironment("jmap", { "env:PASSWORD": variant === "good" ? SECRET : "wrong-word" }),
      );
    },
    account: () => ({ owner: sampleOwner(name), name }),
    count: async (account, into) => (await james.messagesIn(account.name, into.id)).length,
    tamper: async (account, _into, ref) => void (await james.call(account.name, "Email/set", { destroy: [ref.id] })),
  }, { describe, it });
}
