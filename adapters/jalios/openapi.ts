import type { Adapter } from "../../src/core/adapter.js";
import { JaliosClient } from "../../src/drivers/jalios/client.js";
import { whoAmI } from "../../src/drivers/jalios/contents.js";
import { ByChannel } from "../../src/kit/by-channel.js";
import { defineAdapter } from "../../src/kit/define.js";
import { httpAccess } from "../../src/kit/http-options.js";
import { folderUrl } from "../../src/kit/web-address.js";
import { checks } from "./check.js";
import { Finder, SearchProof } from "./finder.js";
import { foreseen } from "./losses.js";
import { manifest } from "./manifest.js";
import { Members } from "./members.js";
import { options, type OpenApiOptions } from "./options.js";
import { JaliosSession } from "./session.js";

/** Channels by the Open API. */
export const openApi = defineAdapter<OpenApiOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const key = (await environment.secret(chosen.key)).trim();
    const site = folderUrl(chosen.url);
    const clientFor = (account: string): JaliosClient => new JaliosClient({ ...httpAccess(chosen, environment, account), site, key });
    const proof = new SearchProof();
    return {
      manifest,
      check: (signal) => checks(clientFor(""), chosen, environment, signal),
      connect: (account) => {
        const client = clientFor(account.name);
        const me = once(async (signal) => (await whoAmI(client, signal)).id);
        return Promise.resolve(new JaliosSession({
          ...chosen, account, client, proof, me, lang: environment.lang, workspaces: new ByChannel(chosen.workspaces), doubts: new Set(),
          finder: new Finder(client, me, proof, chosen.searchWait * 1_000), members: new Members(client, chosen.authors),
        }));
      },
      foresee: foreseen(chosen.authors), foreseePlace: () => [],
      close: () => Promise.resolve(),
    };
  },
});

/** One answer for all who ask; a failure is forgotten. */
function once<T>(ask: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let known: Promise<T> | undefined;
  return (signal) => {
    known ??= ask(signal);
    known.catch(() => (known = undefined));
    return known;
  };
}
