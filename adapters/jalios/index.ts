import { composed, part } from "../../src/kit/composed.js";
import { UNTRIED, untried } from "../../src/kit/untried.js";
import { webdavAdapter } from "../webdav/index.js";
import { manifest } from "./manifest.js";
import { JALIOS_NAMES } from "./names.js";
import { openApi } from "./openapi.js";

const CHANNELS = manifest.workloads.channels?.cite ?? "";
const FILES = "settings of an installed JPlatform, version 10.0.7: channel.webdav.enabled, off unless changed, and its help: signs that are dropped from names";

export const adapter = composed({
  name: "jalios",
  title: "Jalios JPlatform",
  docs: "docs/targets/jalios.md",
  statements: { untried: { schema: untried, told: UNTRIED } },
  parts: {
    openapi: part(openApi, { channels: { evidence: "emulator", cite: CHANNELS } }),
    webdav: part(webdavAdapter(JALIOS_NAMES), { files: { evidence: "emulator", cite: FILES } }),
  },
});
