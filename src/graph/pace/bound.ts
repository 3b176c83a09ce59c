import type { WorkloadName } from "../../core/item.js";
import { limitsOf, type PublishedLimit, type TenantSize } from "./limits.js";

/** What is to be read of one owner's one workload, as `inventory` counts it. */
export interface Demand {
  readonly workload: WorkloadName;
  readonly owner: string;
  readonly containers: number;
  /** Absent: the source does not tell. */
  readonly items?: number;
  /** Files of document libraries, which tell more of each than a person's drive. */
  readonly libraries?: boolean;
}

export interface BoundOptions extends TenantSize {
  readonly apps: number;
  readonly spreadFiles: boolean;
  /** Whether older versions of files are read. */
  readonly versions: boolean;
  /** Time of one request and its answer, where it is known: what bounds concurrency. */
  readonly roundTripMs?: number;
}

/** Units that must be spent under one key, whatever the order. */
interface Cost {
  readonly key: string;
  readonly units: number;
  /** Requests among them that wait for one another's place. */
  readonly requests: number;
}

export interface BoundLine {
  readonly workload: WorkloadName;
  readonly milliseconds: number;
  /** Requests that count against that limit. */
  readonly requests: number;
  /** The arithmetic, in numbers and the limit's own words. */
  readonly arithmetic: string;
}

export interface Bound {
  /** No run can be shorter, however good the reader. */
  readonly milliseconds: number;
  /** What binds each workload; the longest is the bound. */
  readonly lines: readonly BoundLine[];
}

/** Items a page holds at the most, as the readers ask for them. */
const PAGE = { messages: 500, driveItems: 200, channelMessages: 50, others: 100 } as const;
/** Resource units: a download or another single thing, a list of versions or of pages, a page of changes. */
const SHAREPOINT = { one: 1, list: 2, changes: 1 } as const;
/** A first read of a channel takes its place in the changes, lists, and where that took several pages reads the changes since; its tabs are a request of another kind. */
const CHANNEL = { mark: 1, changes: 1, card: 1 } as const;

/**
 * The least time that reading takes, from the published limits alone: `units` under a limit of `L` in `T` need ⌊(units − 1) / L⌋ whole windows. Every application
 * has its own `L`; what the whole tenant shares has one.
 */
export function boundOf(demands: readonly Demand[], options: BoundOptions): Bound {
  const published = limitsOf(options);
  const lines: BoundLine[] = [];
  for (const workload of new Set(demands.map((demand) => demand.workload))) {
    const costs = summed(demands.filter((demand) => demand.workload === workload).flatMap((demand) => costsOf(demand, options)));
    const longest = costs.flatMap((cost) => timesOf(cost, workload, published, options)).sort((a, b) => b.milliseconds - a.milliseconds)[0];
    if (longest !== undefined) lines.push(longest);
  }
  return { milliseconds: Math.max(0, ...lines.map(({ milliseconds }) => milliseconds)), lines };
}

function costsOf({ workload, owner, containers, items = 0, libraries = false }: Demand, { versions }: BoundOptions): readonly Cost[] {
  const pages = (size: number): number => Math.max(containers, Math.ceil(items / size));
  const of = (key: string, requests: number, units = requests): Cost => ({ key, requests, units });
  const sharePoint = (requests: number, units: number): readonly Cost[] => [of("graph:sharepoint:", requests, units), of("graph:sharepoint-tenant", requests, units)];
  switch (workload) {
    case "mail": return [of(`graph:mailbox:${owner}`, items + pages(PAGE.messages))];
    case "files": {
      const changes = Math.ceil(items / PAGE.driveItems);
      // Content, and in a library the columns of each.
      const single = items * (libraries ? 2 : 1);
      const lists = versions ? items : 0;
      return sharePoint(single + lists + changes, single * SHAREPOINT.one + lists * SHAREPOINT.list + changes * SHAREPOINT.changes);
    }
    case "pages": {
      const lists = pages(PAGE.others);
      return sharePoint(items + lists, items * SHAREPOINT.one + lists * SHAREPOINT.list);
    }
    case "channels": {
      const listed = pages(PAGE.channelMessages);
      // Of more pages than channels, one channel has several at the least.
      const messages = containers * CHANNEL.mark + listed + (listed > containers ? CHANNEL.changes : 0);
      // The longest channel is as long as the average one at the least.
      const one = containers === 0 ? 0 : Math.ceil(messages / containers) + CHANNEL.card;
      return [of("graph:channel-messages:", messages), of(`graph:team:${owner}`, messages + containers * CHANNEL.card), of(`graph:channel:${owner}`, one)];
    }
    case "chats": return [of("graph:chat-messages:", pages(PAGE.channelMessages))];
    case "notes": return [of("graph:onenote:", items + pages(PAGE.others))];
    case "lists": return [of("graph:sharepoint:", pages(PAGE.driveItems))];
    case "directory": return [of("graph:directory:", pages(PAGE.others))];
    default: return [of(`graph:mailbox:${owner}`, pages(PAGE.others))];
  }
}

function summed(costs: readonly Cost[]): readonly Cost[] {
  const sums = new Map<string, Cost>();
  for (const cost of costs) {
    const before = sums.get(cost.key) ?? { key: cost.key, units: 0, requests: 0 };
    sums.set(cost.key, { key: cost.key, units: before.units + cost.units, requests: before.requests + cost.requests });
  }
  return [...sums.values()];
}

/** A channel's pages follow one another by links, which stay with one application; drives do, unless they are spread. */
function shares(key: string, { apps, spreadFiles }: BoundOptions): number {
  if (key === "graph:sharepoint-tenant" || key.startsWith("graph:channel:")) return 1;
  return key.startsWith("graph:sharepoint") && !spreadFiles ? 1 : apps;
}

function timesOf(cost: Cost, workload: WorkloadName, published: readonly PublishedLimit[], options: BoundOptions): readonly BoundLine[] {
  const limit = published.find(({ key }) => cost.key.startsWith(key));
  if (limit === undefined || cost.units === 0) return [];
  const share = shares(cost.key, options);
  const of = share === 1 ? "" : ` × ${share}`;
  const rates = limit.rates.map(({ units, perMs }): BoundLine => {
    const windows = Math.floor((cost.units - 1) / (units * share));
    return { workload, milliseconds: windows * perMs, requests: cost.requests, arithmetic: `⌊(${cost.units} − 1) / (${units}${of})⌋ × ${perMs / 1_000} s = ${(windows * perMs) / 1_000} s [${cost.key}: ${limit.scope}; ${limit.source}]` };
  });
  const { roundTripMs } = options;
  if (limit.concurrent === undefined || roundTripMs === undefined) return rates;
  const milliseconds = Math.round((cost.requests * roundTripMs) / (limit.concurrent * share));
  return [...rates, { workload, milliseconds, requests: cost.requests, arithmetic: `${cost.requests} × ${roundTripMs} ms / (${limit.concurrent}${of} at once) = ${milliseconds / 1_000} s [${cost.key}: ${limit.scope}; ${limit.source}]` }];
}
