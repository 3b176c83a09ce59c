import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/twake/index.js";
import type { Adapter, TargetContainer } from "../../src/core/adapter.js";
import type { WorkloadName } from "../../src/core/item.js";
import type { ConformanceSetup } from "../../src/kit/conformance/suite.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { adminToken, cozyEyes } from "../cozy-client.js";
import { BOOK_WAYS, CALENDAR_WAYS, davLooks, davTarget, type DavWay } from "../dav-servers.js";
import { EmulatedStack } from "../emulators/cozy/server.js";
import { testEnvironment } from "../environment.js";
import { countMessages } from "../imap-client.js";
import { James } from "../james.js";
import { matrixAs } from "../matrix-client.js";
import { serverVerb, titleFor, useServer, type RunningServer, type ServerName } from "../servers.js";

const drive = new EmulatedStack("adminpw");
await drive.start();
drive.add("zoe.localhost");
afterAll(() => drive.stop());

/** One part on one server (Twake Drive: the emulator): the workloads that it serves, the options that it takes, and how the test looks at the server by itself. */
interface Line {
  readonly part: string;
  readonly server: ServerName | "emulator";
  readonly workloads: readonly WorkloadName[];
  readonly secret: string;
  options(server: RunningServer): Record<string, unknown>;
  looks(server: RunningServer, workload: WorkloadName): Pick<ConformanceSetup, "account" | "count" | "tamper">;
}

/** An instance of the suite's own, started anew: its memory would hold what every run before has left. */
const JAMES = { EXODUS_SERVERS_DIR: path.join(tmpdir(), "exodus-james-twake"), EXODUS_JAMES_PORT: "32280", EXODUS_JAMES_ADMIN_PORT: "32281", EXODUS_JAMES_IMAP_PORT: "32282" };
serverVerb("james", "stop", JAMES);
afterAll(() => void serverVerb("james", "reset", JAMES));

const ZOE = "zoe@commune.example";
const address = ({ host, port }: RunningServer): string => `http://${host}:${port}`;
const byAdministrator = (ways: readonly DavWay[]): DavWay => ways.find(({ server, options }) => server === "sabre" && options["user"] === "admin&{account}") as DavWay;

const LINES: readonly Line[] = [
  {
    part: "imap", server: "james", workloads: ["mail"], secret: "secret",
    options: ({ host, imapPort }) => ({ host, port: imapPort, security: "none", admin: "exodus@commune.example", password: "env:SECRET", probe: ZOE }),
    looks: ({ host, imapPort = 0 }) => ({
      account: () => ({ owner: sampleOwner(ZOE), name: ZOE }),
      count: (account, into) => countMessages({ host, port: imapPort, user: account.name, pass: "secret" }, into.id),
    }),
  },
  {
    part: "jmap", server: "james", workloads: ["mail"], secret: "secret",
    options: (server) => ({ url: address(server), user: "exodus@commune.example", password: "env:SECRET", probe: ZOE }),
    looks: (server) => {
      const james = new James(server);
      return {
        account: () => ({ owner: sampleOwner(ZOE), name: ZOE }),
        count: async (account, into) => (await james.messagesIn(account.name, into.id)).length,
        tamper: async (account, _into, ref) => void (await james.call(account.name, "Email/set", { destroy: [ref.id] })),
      };
    },
  },
  {
    part: "managesieve", server: "dovecot", workloads: ["settings"], secret: "secret",
    options: ({ host, port, sievePort }) => ({ host, port: sievePort, security: "none", password: "env:SECRET", probe: ZOE, imap: { port, security: "none" } }),
    looks: () => ({ account: () => ({ owner: sampleOwner(ZOE), name: ZOE }) }),
  },
  ...([["caldav", "calendar", CALENDAR_WAYS], ["carddav", "contacts", BOOK_WAYS]] as const).map(([part, workload, ways]): Line => ({
    part, server: "sabre", workloads: [workload], secret: "admin-pass",
    options: (server) => ({ ...davTarget(server, byAdministrator(ways)), password: "env:SECRET" }), looks: (server) => davLooks(server, byAdministrator(ways)),
  })),
  {
    part: "cozy", server: "emulator", workloads: ["files"], secret: "adminpw",
    options: () => ({ url: "http://{local}.localhost", stack: drive.url, admin: drive.adminUrl, passphrase: "env:SECRET", probe: ZOE }),
    looks: () => {
      const eyes = cozyEyes(drive.url, "zoe.localhost", () => adminToken(drive.adminUrl, "adminpw", "zoe.localhost"));
      return {
        account: () => ({ owner: sampleOwner(ZOE), name: ZOE }),
        count: async (_account, into) => (await eyes.names(into.id)).length, tamper: (_account, _into, ref) => eyes.overwrite(ref.id, "altered"),
      };
    },
  },
  {
    part: "matrix", server: "synapse", workloads: ["channels", "chats"], secret: "as-secret",
    options: (server) => ({ url: address(server), token: "env:SECRET", domains: ["commune.example"] }),
    looks: (server, workload) => ({
      account: () => ({ owner: sampleOwner(ZOE), name: ZOE }),
      count: async (_account, into) => (await matrixAs(address(server), "as-secret", workload === "chats" ? "@zoe:commune.example" : undefined).messages(into.id)).length,
    }),
  },
];

/** The part's own address of a container, without the part's name. */
const bare = (part: string, into: TargetContainer): TargetContainer => ({ ...into, id: into.id.slice(part.length + 1) });

for (const { part, server: name, workloads, secret, options, looks } of LINES) {
  const server = name === "emulator" ? { host: "127.0.0.1", port: 0, root: "" } : useServer(name, name === "james" ? JAMES : {});
  if (server === undefined) {
    describe.skip(titleFor(name as ServerName, server), () => it("conforms", () => undefined));
    continue;
  }
  const create = (word: string): Promise<Adapter> => adapter.create(adapter.options.parse({ [part]: options(server) }), testEnvironment("twake", { "env:SECRET": word }));
  // What this part alone declares: two of them take mail.
  const { manifest } = await create(secret);
  for (const workload of workloads) {
    const { account, count, tamper } = looks(server, workload);
    conformance({
      title: `twake on ${name === "emulator" ? "the emulator" : name}, part ${part}`, manifest, workload, secrets: [secret, "wrong-word"], account,
      adapter: (variant) => create(variant === "good" ? secret : "wrong-word"),
      ...(count === undefined ? {} : { count: (who, into) => count(who, bare(part, into)) }),
      ...(tamper === undefined ? {} : { tamper: (who, into, ref) => tamper(who, bare(part, into), ref) }),
    }, { describe, it });
  }
}
