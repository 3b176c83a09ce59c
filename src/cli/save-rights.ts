import path from "node:path";
import type { People } from "../convert/rights/rights.js";
import type { Owner } from "../core/item.js";
import { identitiesOf, type LoadedConfig } from "../config/load.js";
import { writeRights } from "../engine/report/rights-report.js";
import { rightsRows, type RightsRow } from "../export/rights-rows.js";
import type { Holdings } from "../export/holdings.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { stoppedCode, type Frame } from "./frame.js";
import { openHoldings } from "./opened-vault.js";
import { reportFolder } from "./report-files.js";
import { rightsTargets, type RightAtTarget } from "./rights-targets.js";

/** Writes `rights.csv` and `rights.html` of what the vault holds. */
export async function saveRights(frame: Frame, names: readonly string[] | undefined): Promise<ExitCode> {
  const { output } = frame;
  const loaded = await frame.loaded();
  const { holdings, state, close } = await openHoldings(frame, {});
  let failed = 0;
  try {
    const owners = await holdings.owners(names);
    const people = await peopleOf(loaded, await holdings.owners());
    const targets = await rightsTargets(loaded, state);
    const dir = path.resolve(loaded.baseDir, loaded.config.report);
    const counts = await writeRights(rowsOf(frame, { holdings, owners, people, targets }, (thrown) => {
      failed += 1;
      output.error(thrown);
    }), output.lang, reportFolder(dir));
    const file = path.join(dir, "rights.html");
    output.line(output.text.rights(counts.rows, counts.outside));
    output.line(output.text.report(file));
    output.record({ type: "rights-report", file, ...counts, failed });
    return failed > 0 ? EXIT.partial : EXIT.complete;
  } catch (thrown) {
    // A table that was cut off keeps the name of an unfinished file.
    if (frame.stop.soft.aborted) return stoppedCode(frame.stop);
    throw thrown;
  } finally {
    await close();
  }
}

interface Told {
  readonly holdings: Holdings;
  readonly owners: readonly Owner[];
  readonly people: People;
  readonly targets: Awaited<ReturnType<typeof rightsTargets>>;
}

async function* rowsOf({ output, stop }: Frame, { holdings, owners, people, targets }: Told, onFailure: (thrown: unknown) => void): AsyncGenerator<RightsRow & { readonly targets: readonly RightAtTarget[] }> {
  for (const owner of owners) {
    for await (const row of rightsRows(holdings, owner, people, (_stored, thrown) => onFailure(thrown))) {
      stop.soft.throwIfAborted();
      const told = { ...row, targets: targets(owner.id, row.kind) };
      output.record({ type: "right", ...told });
      yield told;
    }
  }
}

/** The organisation is where its own people have their names and addresses; an account is what the identity map says (of one target, where it is named), else the owner's own name. */
export async function peopleOf(loaded: LoadedConfig, owners: readonly Owner[], target?: string): Promise<People> {
  const identities = await identitiesOf(loaded);
  const own = owners.filter(({ kind, guest }) => kind === "user" && guest !== true);
  const names = new Map(own.flatMap(({ id, name, mail }) => [name, ...(mail === undefined ? [] : [mail])].map((address) => [address.toLowerCase(), { id, name }] as const)));
  const domains = new Set([...names.keys(), ...[...identities.everyone()].map(({ name }) => name)].filter((address) => address.includes("@") && !address.includes("#ext#")).map((address) => address.slice(address.lastIndexOf("@") + 1)));
  return {
    domains,
    account: (address) => {
      const own = names.get(address.toLowerCase());
      return identities.account(own ?? { name: address }, target) ?? own?.name;
    },
  };
}
