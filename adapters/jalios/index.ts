import { composed, part } from "../../src/kit/composed.js";
import { UNTRIED, untried } from "../../src/kit/untried.js";
import { manifest } from "./manifest.js";
import { openApi } from "./openapi.js";

const CHANNELS = manifest.workloads.channels?.cite ?? "";

export const adapter = composed({
  name: "jalios",
  title: "Jalios JPlatform",
  docs: "docs/targets/jalios.md",
  statements: { untried: { schema: untried, told: UNTRIED } },
  parts: {
    openapi: part(openApi, { channels: { evidence: "emulator", cite: CHANNELS } }),
  },
});
