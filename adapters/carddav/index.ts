import { z } from "zod";
import { ADDRESSBOOK_HOME } from "../../src/drivers/carddav/addressbook-collection.js";
import { ResourceSession } from "../../src/drivers/dav/resource-session.js";
import { davAdapter, davOptions, homeOf } from "../../src/kit/dav-adapter.js";
import { defineAdapter } from "../../src/kit/define.js";
import { cardKind } from "./kind.js";
import { foreseeing, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";

export const options = z.strictObject({
  ...davOptions,
  /** "auto" asks each address book what it takes; "4.0" only for a server known to keep it whole. */
  vcard: z.enum(["auto", "3.0", "4.0"]).default("auto"),
});
export type CardDavOptions = z.infer<typeof options>;

export const adapter = defineAdapter<CardDavOptions>({
  manifest, options,
  create: (chosen, environment) => davAdapter({
    manifest, options: chosen, environment, foresee: foreseeing(chosen.vcard), foreseePlace,
    locate: (client, signal) => homeOf(client, ADDRESSBOOK_HOME, chosen.url, signal),
    open: (client, home) => new ResourceSession(client, home, cardKind(chosen.vcard)),
  }),
});
