import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/nextcloud/index.js";
import type { Adapter, TargetContainer } from "../../src/core/adapter.js";
import type { WorkloadName } from "../../src/core/item.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { SECRET } from "../dav-client.js";
import { davLooks, davTarget, type DavWay } from "../dav-servers.js";
import { testEnvironment } from "../environment.js";
import { titleFor, useServer } from "../servers.js";

/** A part, the workload that it serves, and the server in Nextcloud's place. */
const LINES: readonly (readonly [string, WorkloadName, DavWay])[] = [
  ["webdav", "files", { server: "apache", title: "a folder to be made", options: {}, path: "/dav/{account}/Nextcloud/Reprise", password: SECRET }],
  ["caldav", "calendar", { server: "sabre", title: "discovery", options: {}, path: "/", password: SECRET }],
  ["carddav", "contacts", { server: "sabre", title: "discovery", options: {}, path: "/", password: SECRET }],
];

for (const [name, workload, way] of LINES) {
  const server = useServer(way.server);
  if (server === undefined) {
    describe.skip(titleFor(way.server, server), () => it("conforms", () => undefined));
    continue;
  }
  const create = (word: string): Promise<Adapter> => adapter.create(adapter.options.parse({ [name]: davTarget(server, way) }), testEnvironment("nuage", { "env:PASSWORD": word }));
  const bare = (into: TargetContainer): TargetContainer => ({ ...into, id: into.id.slice(name.length + 1) });
  const { account, count, tamper } = davLooks(server, way);
  conformance({
    title: `nextcloud on ${way.server}, part ${name}`, manifest: (await create(SECRET)).manifest, workload, secrets: [SECRET, "wrong-secret"], account,
    adapter: (variant) => create(variant === "good" ? SECRET : "wrong-secret"),
    ...(count === undefined ? {} : { count: (who, into) => count(who, bare(into)) }), ...(tamper === undefined ? {} : { tamper: (who, into, ref) => tamper(who, bare(into), ref) }),
  }, { describe, it });
}
