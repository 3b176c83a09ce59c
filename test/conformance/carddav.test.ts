import { describe, it } from "@jest/globals";
import { adapter } from "../../adapters/carddav/index.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { BOOK_WAYS, davLooks, davTarget } from "../dav-servers.js";
import { testEnvironment } from "../environment.js";
import { titleFor, useServer } from "../servers.js";

for (const way of BOOK_WAYS) {
  const server = useServer(way.server);
  if (server === undefined) describe.skip(titleFor(way.server, server), () => it("conforms", () => undefined));
  else {
    conformance({
      title: `carddav on ${way.server}, ${way.title}`, manifest: adapter.manifest, workload: "contacts", secrets: [way.password, "wrong-secret"],
      adapter: (variant) => adapter.create(
        adapter.options.parse(davTarget(server, way)),
        testEnvironment("carddav", { "env:PASSWORD": variant === "good" ? way.password : "wrong-secret" }),
      ),
      ...davLooks(server, way),
    }, { describe, it });
  }
}
