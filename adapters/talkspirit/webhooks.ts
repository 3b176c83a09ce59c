import { ExodusError } from "../../src/core/errors.js";
import { ByChannel, type NamedByChannel } from "../../src/kit/by-channel.js";
import type { AdapterEnvironment } from "../../src/kit/define.js";
import { webAddress } from "../../src/kit/web-address.js";

/** _docs/incoming-webhooks.md, "CURL example". */
const PATH = /^\/v1\/incoming\/[^/]+$/;

/** An incoming webhook: what is sent to its address appears in the one group that it was made for. */
export interface Webhook {
  /** "team/channel" of the configuration, for messages: the address itself is the secret. */
  readonly name: string;
  /** Undefined for a secret that is no such address. */
  readonly address: URL | undefined;
}

/** Which channel goes to which group. */
export class Webhooks {
  private constructor(private readonly target: string, private readonly found: ByChannel<Webhook>) {}

  /** `named`: the reference of the secret that is the address. @throws ExodusError CONFIG_SECRET_MISSING. */
  static async read(named: NamedByChannel<string>, { target, secret }: AdapterEnvironment): Promise<Webhooks> {
    const found: Record<string, Record<string, Webhook>> = {};
    for (const [team, channels] of Object.entries(named)) {
      const ofTeam: Record<string, Webhook> = (found[team] = {});
      for (const [channel, reference] of Object.entries(channels)) ofTeam[channel] = { name: `${team}/${channel}`, address: addressOf((await secret(reference)).trim()) };
    }
    return new Webhooks(target, new ByChannel(found));
  }

  /** @throws ExodusError TARGET_NO_WEBHOOK for a channel without one, TARGET_WEBHOOK for one that is no address. */
  of(team: string, channel: string): Required<Webhook> & { readonly address: URL } {
    const webhook = this.found.of(team, channel);
    if (webhook === undefined) throw new ExodusError("TARGET_NO_WEBHOOK", { params: { target: this.target, container: `${team}/${channel}` } });
    const { name, address } = webhook;
    if (address === undefined) throw this.unusable(name);
    return { name, address };
  }

  /** Number of webhooks, and what is wrong with those that no channel can use. */
  looked(): { readonly count: number; readonly faults: readonly ExodusError[] } {
    const { all } = this.found;
    return { count: all.length, faults: all.flatMap(({ name, address }) => (address === undefined ? [this.unusable(name)] : [])) };
  }

  private unusable(name: string): ExodusError {
    return new ExodusError("TARGET_WEBHOOK", { params: { target: this.target, container: name, reason: "not the address of an incoming webhook" } });
  }
}

function addressOf(secret: string): URL | undefined {
  if (!webAddress.safeParse(secret).success || !URL.canParse(secret)) return undefined;
  const url = new URL(secret);
  return PATH.test(url.pathname) && url.search === "" ? url : undefined;
}
