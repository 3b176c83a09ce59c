import { randomBytes } from "node:crypto";
import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/managesieve/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { testEnvironment } from "../environment.js";
import { literal, sieveTalk } from "../managesieve-client.js";
import { titleFor, useServer, type RunningServer } from "../servers.js";

const SECRET = "secret";
const SCRIPT = "o365-exodus";
const [dovecot, cyrus] = [useServer("dovecot"), useServer("cyrus")];

function lines(title: string, server: RunningServer | undefined, name: string, imapPort: number | undefined): void {
  if (server === undefined) return describe.skip(title, () => it("conforms", () => undefined));
  const { host, sievePort: port = 0 } = server;
  const place = { host, port, user: name, pass: SECRET };
  const script = async (): Promise<string> => (await sieveTalk(place, [`GETSCRIPT "${SCRIPT}"`]))[0] ?? "";
  conformance({
    title: `managesieve on ${title}`, manifest: adapter.manifest, workload: "settings", secrets: [SECRET, "wrong-secret"],
    adapter: (variant) => adapter.create(
      adapter.options.parse({ host, port, security: "none", password: "env:PASSWORD", probe: name, imap: { port: imapPort, security: "none" } }),
      testEnvironment("managesieve", { "env:PASSWORD": variant === "good" ? SECRET : "wrong-secret" }),
    ),
    account: () => ({ owner: sampleOwner(name), name }),
    count: async (_account, into) => (await script()).split("\r\n").filter((line) => line.includes("# o365-exodus: item ") && line.includes(`"in":"${into.id.split("/")[1] ?? ""}"`)).length,
    tamper: async (_account, _into, ref) => {
      const text = (await script()).replace(/^\{\d+\+?\}\r\n/, "").replace(/\r\nOK.*\r\n$/, "");
      const at = text.indexOf(ref.id);
      await sieveTalk(place, [`PUTSCRIPT "${SCRIPT}" ${literal(`${text.slice(0, at)}${text.slice(at).replace("\r\nif ", "\r\n# altered\r\nif ")}`)}`]);
    },
  }, { describe, it });
}

lines(titleFor("dovecot", dovecot), dovecot, `filtres-${randomBytes(4).toString("hex")}@commune.example`, dovecot?.port);
lines(titleFor("cyrus", cyrus), cyrus, "gaston@commune.example", cyrus?.imapPort);
