import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/caldav/index.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { CALENDAR_WAYS, davLooks, davTarget } from "../dav-servers.js";
import { testEnvironment } from "../environment.js";
import { titleFor, useServer } from "../servers.js";

for (const way of CALENDAR_WAYS) {
  const server = useServer(way.server);
  if (server === undefined) describe.skip(titleFor(way.server, server), () => it("conforms", () => undefined));
  else {
    conformance({
      title: `caldav on ${way.server}, ${way.title}`, manifest: adapter.manifest, workload: "calendar", secrets: [way.password, "wrong-secret"],
      adapter: (variant) => adapter.create(
        adapter.options.parse(davTarget(server, way)),
        testEnvironment("caldav", { "env:PASSWORD": variant === "good" ? way.password : "wrong-secret" }),
      ),
      ...davLooks(server, way),
    }, { describe, it });
  }
}
