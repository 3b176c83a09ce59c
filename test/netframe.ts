import { adapter } from "../adapters/netframe/index.js";
import type { Adapter } from "../src/core/adapter.js";
import type { EmulatedNetframe } from "./emulators/netframe/server.js";
import { testEnvironment } from "./environment.js";

/** The service person of the emulated instance, and the house that channels are made in. */
export const SERVICE = { id: 7, email: "reprise@commune.example", password: "mot-de-passe-de-reprise" };
export const HOUSE = { type: "house", id: 12 } as const;

/** The target, as the service person opens it. */
export function openNetframe(server: EmulatedNetframe, more: Record<string, unknown> = {}): Promise<Adapter> {
  const options = adapter.options.parse({ url: server.url, user: SERVICE.email, password: "env:PASSWORD", brittle: true, profiles: { "*": `${HOUSE.type}/${HOUSE.id}` }, ...more });
  return adapter.create(options, { ...testEnvironment("netframe", { "env:PASSWORD": SERVICE.password }), lang: "fr" });
}
