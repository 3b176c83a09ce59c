import type { Lang } from "../core/errors.js";
import type { LossReason } from "../core/losses.js";
import { lossText } from "../engine/report/words.js";
import type { SourceGap } from "../engine/report/model.js";
import { beyondSource } from "../graph/clouds/beyond.js";
import { CLOUDS } from "../graph/clouds/clouds.js";
import type { LoadedConfig } from "../config/load.js";
import { someNames } from "../lib/some-names.js";
import type { Legs } from "./legs.js";
import type { Output } from "./output.js";

/**
 * Prints what the tenant's cloud does not offer, what the source keeps from whoever reads, and the properties that it did not tell; answers all as rows of a
 * report: none of it is an item that could be counted.
 */
export function printGaps(output: Output, { config: { source: configured } }: LoadedConfig, { notOffered, beyond }: Pick<Legs, "notOffered" | "beyond">, untold: readonly string[] = []): readonly SourceGap[] {
  const { text, lang } = output;
  // What the vault holds was asked of a source already: without one there is no gap to tell.
  if (configured === undefined) return [];
  const { cloud } = configured;
  const { title } = CLOUDS[cloud];
  for (const { workload, what, source } of notOffered) {
    output.line(text.notOffered(`${text.workloads[workload] ?? workload} – ${what[lang]}`, title, source));
    output.record({ type: "not-offered", workload, what: what[lang], cloud, source });
  }
  for (const [reason, { workload, owners }] of closedTo(beyond)) {
    output.line(text.beyond(text.workloads[workload] ?? workload, closedText(reason, owners, lang)));
    output.record({ type: "beyond", workload, code: reason, owners });
  }
  if (untold.length > 0) {
    output.line(text.untold(untold.join(", ")));
    output.record({ type: "untold", properties: untold, cloud });
  }
  return gapRows({ config: { source: configured } }, { notOffered, beyond }, lang, untold);
}

/** The same as rows in a language. */
export function gapRows({ config: { source } }: { readonly config: Pick<LoadedConfig["config"], "source"> }, { notOffered, beyond }: Pick<Legs, "notOffered" | "beyond">, lang: Lang, untold: readonly string[] = []): readonly SourceGap[] {
  if (source === undefined) return [];
  return [
    ...notOffered.map(({ workload, what, source: told }) => ({ workload, what: what[lang], source: told })),
    ...[...closedTo(beyond)].map(([reason, { workload, owners }]) => ({ workload, what: closedText(reason, owners, lang), source: beyondSource(reason) })),
    ...untold.map((what) => ({ workload: "", what, source: `${CLOUDS[source.cloud].title}: $select` })),
  ];
}

function closedText(reason: LossReason, owners: readonly string[], lang: Lang): string {
  return `${lossText(reason, lang)} (${someNames(owners)})`;
}

/** Owners by what is kept back of theirs. */
function closedTo(beyond: Legs["beyond"]): ReadonlyMap<LossReason, { readonly workload: string; readonly owners: string[] }> {
  const found = new Map<LossReason, { readonly workload: string; readonly owners: string[] }>();
  for (const { owner, workload, loss } of beyond) {
    const row = found.get(loss) ?? { workload, owners: [] };
    row.owners.push(owner.name);
    found.set(loss, row);
  }
  return found;
}
