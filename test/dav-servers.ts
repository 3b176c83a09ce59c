import type { ErrorCode } from "../src/core/errors/catalog.js";
import { below, nameOf, samePath } from "../src/drivers/dav/paths.js";
import { propfindAll, remove } from "../src/drivers/dav/verbs.js";
import { sampleOwner } from "../src/kit/conformance/harness.js";
import type { ConformanceSetup } from "../src/kit/conformance/suite.js";
import { NO_ABORT, SECRET, withDav } from "./dav-client.js";
import type { RunningServer, ServerName } from "./servers.js";

/** How to reach one server: a line of the conformance suite each. */
export interface DavWay {
  readonly server: ServerName;
  readonly title: string;
  /** Options of the target beside its address and password. */
  readonly options: Readonly<Record<string, string>>;
  /** Below the server's origin. */
  readonly path: string;
  readonly password: string;
  /** As the suite's set-up has it. */
  readonly ownerRemoves?: ErrorCode;
}

const ACCOUNT = "alice@commune.example";

export const CALENDAR_WAYS: readonly DavWay[] = [
  { server: "radicale", title: "discovery", options: {}, path: "/", password: SECRET },
  { server: "radicale", title: "home in the address", options: {}, path: "/{account}/", password: SECRET },
  { server: "sabre", title: "an administrator for the account", options: { user: "admin&{account}" }, path: "/", password: "admin-pass" },
  { server: "sabre", title: "the account itself, import key", options: { scheduling: "import" }, path: "/calendars/{account}/", password: SECRET },
  { server: "cyrus", title: "discovery", options: {}, path: "/", password: SECRET },
  { server: "cyrus", title: "a delegate of the account, scheduling left to the client", options: { user: "admin@commune.example", scheduling: "agent" }, path: "/dav/calendars/user/{account}/", password: "admin-pass", ownerRemoves: "TARGET_OWNER_REMOVES" },
];

export const BOOK_WAYS: readonly DavWay[] = CALENDAR_WAYS.map(({ options: { scheduling: _, ...options }, ...way }) => ({ ...way, options, path: way.path.replace("calendars", "addressbooks") }));

/** What the suite asks of a server beside the adapter. */
export function davLooks(server: RunningServer, { ownerRemoves }: DavWay): Pick<ConformanceSetup, "account" | "count" | "tamper" | "ownerRemoves"> {
  return {
    ...(ownerRemoves === undefined ? {} : { ownerRemoves }),
    account: () => ({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }),
    count: (account, into) => withDav(server, account.name, async (client) => {
      const members = await propfindAll(client, `${into.id}/`, ["{DAV:}getetag"], "1", NO_ABORT);
      return (members ?? []).filter(({ href }) => !samePath(href, into.id) && nameOf(href) !== "").length;
    }),
    tamper: (account, into, ref) => withDav(server, account.name, (client) => remove(client, below(into.id, ref.id), NO_ABORT)),
  };
}

/** Options of the adapter's schema for that way. */
export function davTarget({ host, port }: RunningServer, { path, options }: DavWay): Record<string, string> {
  return { url: `http://${host}:${port}${path}`, password: "env:PASSWORD", probe: ACCOUNT, ...options };
}
