import { z } from "zod";
import { CALENDAR_HOME } from "../../src/drivers/caldav/calendar-collection.js";
import { SCHEDULING } from "../../src/drivers/caldav/scheduling.js";
import { ResourceSession } from "../../src/drivers/dav/resource-session.js";
import { davAdapter, davOptions, homeOf } from "../../src/kit/dav-adapter.js";
import { defineAdapter } from "../../src/kit/define.js";
import { eventKind } from "./kind.js";
import { foreseeing, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";

export const options = z.strictObject({
  ...davOptions,
  /** "auto" goes by what the server tells of itself; "request" for a server known to heed headers that hides what it is (Nextcloud). */
  scheduling: z.enum(SCHEDULING).default("auto"),
});
export type CalDavOptions = z.infer<typeof options>;

export const adapter = defineAdapter<CalDavOptions>({
  manifest, options,
  create: (chosen, environment) => davAdapter({
    manifest, options: chosen, environment, foresee: foreseeing(chosen.scheduling), foreseePlace,
    locate: (client, signal) => homeOf(client, CALENDAR_HOME, chosen.url, signal),
    open: (client, home) => new ResourceSession(client, home, eventKind(chosen.scheduling)),
  }),
});
