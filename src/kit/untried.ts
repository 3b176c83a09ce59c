import { z } from "zod";
import type { Lang } from "../core/errors.js";

/** Of a target that nobody has tried on a real platform: its administrator says that they know. */
export const untried = z.literal(true, { error: "nobody has tried this target on a real platform: read its page in docs/targets, begin with one team that can be lost, then write untried: true" });

export const UNTRIED: Readonly<Record<Lang, string>> = {
  en: "made from documents, and not tried on a real platform, as the configuration says that you know (untried: true): begin with one team that can be lost, and look at it",
  fr: "fait d'après des documents, et non essayé sur une vraie plateforme, comme la configuration dit que vous le savez (untried: true) : commencez par une équipe qui peut se perdre, et regardez-la",
};
