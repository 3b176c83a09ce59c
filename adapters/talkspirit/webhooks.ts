import { ExodusError } from "../../src/core/errors.js";
import type { AdapterEnvironment } from "../../src/kit/define.js";
import { webAddress } from "../../src/kit/web-address.js";
import { foldedName } from "../../src/lib/target-names.js";

/** Any channel of the team that is not named. */
const OTHERS = "*";
/** _docs/incoming-webhooks.md, "CURL example". */
const PATH = /^\/v1\/incoming\/[^/]+$/;

/** An incoming webhook: what is sent to its address appears in the one group that it was made for. */
export interface Webhook {
  /** "team/channel" of the configuration, for messages: the address itself is the secret. */
  readonly name: string;
  /** Undefined for a secret that is no such address. */
  readonly address: URL | undefined;
}

/** By team, by channel, the reference of the secret that is the address. */
export type NamedWebhooks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Which channel goes to which group. */
export class Webhooks {
  private constructor(private readonly target: string, private readonly found: ReadonlyMap<string, Webhook>) {}

  /** @throws ExodusError CONFIG_SECRET_MISSING. */
  static async read(named: NamedWebhooks, { target, secret }: AdapterEnvironment): Promise<Webhooks> {
    const found = new Map<string, Webhook>();
    for (const [team, channels] of Object.entries(named)) {
      for (const [channel, reference] of Object.entries(channels)) found.set(keyOf(team, channel), { name: `${team}/${channel}`, address: addressOf((await secret(reference)).trim()) });
    }
    return new Webhooks(target, found);
  }

  /** @throws ExodusError TARGET_NO_WEBHOOK for a channel without one, TARGET_WEBHOOK for one that is no address. */
  of(team: string, channel: string): Required<Webhook> & { readonly address: URL } {
    const webhook = this.found.get(keyOf(team, channel)) ?? this.found.get(keyOf(team, OTHERS));
    if (webhook === undefined) throw new ExodusError("TARGET_NO_WEBHOOK", { params: { target: this.target, container: `${team}/${channel}` } });
    const { name, address } = webhook;
    if (address === undefined) throw this.unusable(name);
    return { name, address };
  }

  /** Number of webhooks, and what is wrong with those that no channel can use. */
  looked(): { readonly count: number; readonly faults: readonly ExodusError[] } {
    return { count: this.found.size, faults: [...this.found.values()].flatMap(({ name, address }) => (address === undefined ? [this.unusable(name)] : [])) };
  }

  private unusable(name: string): ExodusError {
    return new ExodusError("TARGET_WEBHOOK", { params: { target: this.target, container: name, reason: "not the address of an incoming webhook" } });
  }
}

function keyOf(team: string, channel: string): string {
  return `${foldedName(team)}\n${foldedName(channel)}`;
}

function addressOf(secret: string): URL | undefined {
  if (!webAddress.safeParse(secret).success || !URL.canParse(secret)) return undefined;
  const url = new URL(secret);
  return PATH.test(url.pathname) && url.search === "" ? url : undefined;
}
