import { expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/imap/index.js";
import { testEnvironment } from "../../environment.js";

it.each([[{}, 268_435_456], [{ largestMessage: 1_000 }, 1_000]])("with %j refuses messages over %d bytes before they are held", async (told, limit) => {
  const options = adapter.options.parse({ host: "127.0.0.1", password: "env:PASSWORD", ...told });
  const { manifest } = await adapter.create(options, testEnvironment("imap", { "env:PASSWORD": "secret" }));
  expect(manifest.workloads.mail?.maxBytes).toBe(limit);
});
