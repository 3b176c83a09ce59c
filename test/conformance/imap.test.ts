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

interface Way {
  readonly title: string;
  readonly name: string;
  readonly server: { readonly host: string; readonly port: number };
}

/** "point": hierarchy separator "." under Maildir++, one shared account; else accounts of this run's own, separator "/". Cyrus: another server, with limits of its own. */
const cyrus = useServer("cyrus");
const WAYS: readonly (Way | string)[] = [
  ...(["/", "."] as const).map((separator) => {
    const title = `${titleFor("dovecot", dovecot)}, separator "${separator}"`;
    return dovecot === undefined ? title : { title, server: dovecot, name: separator === "." ? "point@commune.example" : `conformance-${randomBytes(4).toString("hex")}@commune.example` };
  }),
  cyrus === undefined ? titleFor("cyrus", cyrus) : { title: titleFor("cyrus", cyrus), server: { host: cyrus.host, port: cyrus.imapPort ?? 0 }, name: "paul@commune.example" },
];

for (const way of WAYS) {
  if (typeof way === "string") {
    describe.skip(way, () => it("conforms", () => undefined));
    continue;
  }
  const { title, name, server: { host, port } } = way;
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
