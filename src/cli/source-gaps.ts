import type { LoadedConfig } from "../config/load.js";
import type { SourceGap } from "../engine/report/model.js";
import { CLOUDS } from "../graph/clouds/clouds.js";
import type { NotOffered } from "../graph/clouds/features.js";
import type { Output } from "./output.js";

/** Prints what the tenant's cloud does not offer, and the properties that it did not tell; answers both as rows of a report. */
export function printGaps(output: Output, { config: { source: configured } }: LoadedConfig, notOffered: readonly NotOffered[], untold: readonly string[] = []): readonly SourceGap[] {
  const { text, lang } = output;
  // What the vault holds was asked of a source already: without one there is no gap to tell.
  if (configured === undefined) return [];
  const { cloud } = configured;
  const { title } = CLOUDS[cloud];
  for (const { workload, what, source } of notOffered) {
    output.line(text.notOffered(`${text.workloads[workload] ?? workload} – ${what[lang]}`, title, source));
    output.record({ type: "not-offered", workload, what: what[lang], cloud, source });
  }
  if (untold.length > 0) {
    output.line(text.untold(untold.join(", ")));
    output.record({ type: "untold", properties: untold, cloud });
  }
  return [...notOffered.map(({ workload, what, source }) => ({ workload, what: what[lang], source })), ...untold.map((what) => ({ workload: "", what, source: `${title}: $select` }))];
}
