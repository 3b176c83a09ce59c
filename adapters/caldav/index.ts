import { z } from "zod";
import { CALENDAR_HOME } from "../../src/drivers/caldav/calendar-collection.js";
import { ResourceSession } from "../../src/drivers/dav/resource-session.js";
import { davAdapter, davOptions, homeOf } from "../../src/kit/dav-adapter.js";
import { defineAdapter } from "../../src/kit/define.js";
import { EVENTS } from "./kind.js";
import { manifest } from "./manifest.js";

export const options = z.strictObject({ ...davOptions });
export type CalDavOptions = z.infer<typeof options>;

export const adapter = defineAdapter<CalDavOptions>({
  manifest, options,
  create: (chosen, environment) => davAdapter({
    manifest, options: chosen, environment,
    locate: (client, signal) => homeOf(client, CALENDAR_HOME, chosen.url, signal),
    open: (client, home) => new ResourceSession(client, home, EVENTS),
  }),
});
