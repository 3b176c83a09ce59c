import { randomBytes } from "node:crypto";
import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/managesieve/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { literal, sieveTalk } from "../managesieve-client.js";
import { titleFor, useServer, type RunningServer } from "../servers.js";

const SECRET = "secret";
const SCRIPT = "o365-exodus";
const [dovecot, cyrus, james] = [useServer("dovecot"), useServer("cyrus"), useServer("james")];

interface Ways {
  /** Each check takes the next. */
  readonly accounts: readonly string[];
  readonly imapPort: number | undefined;
  readonly counting?: "octets" | "characters";
  readonly largest?: number;
  /** Makes the accounts, once. */
  prepare?(): Promise<void>;
}

function lines(title: string, server: RunningServer | undefined, { accounts, imapPort, counting, largest, prepare }: Ways): void {
  if (server === undefined) return describe.skip(title, () => it("conforms", () => undefined));
  const { host, sievePort: port = 0 } = server;
  const place = (user: string): { host: string; port: number; user: string; pass: string } => ({ host, port, user, pass: SECRET });
  const script = async (user: string): Promise<string> => (await sieveTalk(place(user), [`GETSCRIPT "${SCRIPT}"`]))[0] ?? "";
  let taken = 0;
  let prepared: Promise<void> | undefined;
  conformance({
    title: `managesieve on ${title}`, manifest: adapter.manifest, workload: "settings", secrets: [SECRET, "wrong-secret"], ...(largest === undefined ? {} : { largest }),
    adapter: async (variant) => {
      await (prepared ??= prepare?.());
      return adapter.create(
        adapter.options.parse({ host, port, security: "none", password: "env:PASSWORD", probe: accounts[0], imap: { port: imapPort, security: "none" } }),
        testEnvironment("managesieve", { "env:PASSWORD": variant === "good" ? SECRET : "wrong-secret" }),
      );
    },
    account: () => {
      const name = accounts[taken % accounts.length] ?? "";
      taken += 1;
      return { owner: sampleOwner(name), name };
    },
    count: async ({ name }, into) => (await script(name)).split("\r\n").filter((line) => line.includes("# o365-exodus: item ") && line.includes(`"in":"${into.id.split("/")[1] ?? ""}"`)).length,
    tamper: async ({ name }, _into, ref) => {
      const text = (await script(name)).replace(/^\{\d+\+?\}\r\n/, "").replace(/\r\nOK.*\r\n$/, "");
      const at = text.indexOf(ref.id);
      await sieveTalk(place(name), [`PUTSCRIPT "${SCRIPT}" ${literal(`${text.slice(0, at)}${text.slice(at).replace("\r\nif ", "\r\n# altered\r\nif ")}`, counting)}`]);
    },
  }, { describe, it });
}

const run = randomBytes(4).toString("hex");
lines(titleFor("dovecot", dovecot), dovecot, { accounts: [`filtres-${run}@commune.example`], imapPort: dovecot?.port });
lines(titleFor("cyrus", cyrus), cyrus, { accounts: ["gaston@commune.example"], imapPort: cyrus?.imapPort });
// James keeps no script of more than 8,000 characters, which those of all checks together have.
const own = Array.from({ length: 60 }, (_, at) => `filtres-${run}-${at}@commune.example`);
lines(titleFor("james", james), james, { accounts: own, imapPort: james?.imapPort, counting: "characters", largest: 5_000, prepare: async () => { for (const name of own) await new James(james ?? { host: "", port: 0, root: "" }).addAccount(name, false); } });
