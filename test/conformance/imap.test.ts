import { randomBytes } from "node:crypto";
import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/imap/index.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { testEnvironment } from "../environment.js";
import { countMessages, expungeBehind } from "../imap-client.js";
import { titleFor, useServer } from "../servers.js";

const dovecot = useServer("dovecot");
const SECRET = "secret";

/** "point": hierarchy separator "." under Maildir++, one shared account; else accounts of this run's own, separator "/". */
for (const separator of ["/", "."] as const) {
  const title = `${titleFor("dovecot", dovecot)}, separator "${separator}"`;
  if (dovecot === undefined) {
    describe.skip(title, () => it("conforms", () => undefined));
    continue;
  }
  const { host, port } = dovecot;
  const name = separator === "." ? "point@commune.example" : `conformance-${randomBytes(4).toString("hex")}@commune.example`;
  conformance({
    title: `imap on ${title}`, manifest: adapter.manifest, workload: "mail", secrets: [SECRET, "wrong-secret"],
    adapter: (variant) => adapter.create(
      adapter.options.parse({ host, port, security: "none", password: "env:PASSWORD", probe: name }),
      testEnvironment("imap", { "env:PASSWORD": variant === "good" ? SECRET : "wrong-secret" }),
    ),
    account: () => ({ owner: sampleOwner(name), name }),
    count: (account, into) => countMessages({ host, port, user: account.name, pass: SECRET }, into.id),
    tamper: (account, into, ref) => expungeBehind({ host, port, user: account.name, pass: SECRET }, into.id, Number(ref.id.split(".")[1])),
  }, { describe, it });
}
