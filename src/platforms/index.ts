import { atolia } from "./atolia.js";
import { gofast } from "./gofast.js";
import { jalios } from "./jalios.js";
import { jamespot } from "./jamespot.js";
import { netframe } from "./netframe.js";
import type { Platform } from "./platform.js";
import { talkspirit } from "./talkspirit.js";
import { twake } from "./twake.js";
import { whaller } from "./whaller.js";
import { wimi } from "./wimi.js";

/** The platforms that the tool is asked for by name. */
export const PLATFORMS: readonly Platform[] = [atolia, gofast, jalios, jamespot, netframe, talkspirit, twake, whaller, wimi];
