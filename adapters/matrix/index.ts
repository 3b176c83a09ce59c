import { z } from "zod";
import type { Account, Adapter } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { WorkloadName } from "../../src/core/item.js";
import { MatrixClient } from "../../src/drivers/matrix/client.js";
import { uploadLimit } from "../../src/drivers/matrix/media.js";
import { roomVersions } from "../../src/drivers/matrix/rooms.js";
import { serverOf, whoAmI } from "../../src/drivers/matrix/users.js";
import { checked } from "../../src/kit/checked.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { secretRef } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
import { foresee } from "./losses.js";
import { manifest } from "./manifest.js";
import { MovedLinks } from "./moved-links.js";
import { accountsOf, People } from "./people.js";
import { MatrixSession } from "./session.js";

/** A link, to which nothing is sent. */
const LINK = z.string().regex(/^https?:\/\//, "an address starts with https:// or http://");

export const options = z.strictObject({
  /** Client-server API of the home server. */
  url: webAddress,
  /** `as_token` of the registration file (`o365-exodus matrix registration`). */
  token: secretRef,
  /** Mail domains of those who have accounts at the server: marie@mairie.example is @marie:<server>. */
  domains: z.array(z.string().min(1)).min(1),
  /** Lines `address;account`, for accounts that are called otherwise. */
  accounts: secretRef.optional(),
  /** "own": messages are written as people's own accounts; "ghosts": as accounts made for the purpose. Chats need "own". */
  authors: z.enum(["own", "ghosts"]).default("own"),
  /** "threads": a reply stands in a thread, and answers its first message for clients that show none; "rich": it answers it only (Twake Chat shows no threads). */
  replies: z.enum(["threads", "rich"]).default("threads"),
  /** Where files are now: address of a library or folder at the source, and at the target. Links in messages follow. */
  links: z.record(LINK, LINK).default({}),
  /** Every room becomes an archive that nobody but its owners writes into; archived teams do in any case. */
  readOnly: z.boolean().default(false),
  roomVersion: z.string().regex(/^\d+$/).default("11"),
  ...httpOptions,
});
export type MatrixOptions = z.infer<typeof options>;

const UNKNOWN = { en: "Unknown author (Microsoft 365)", fr: "Auteur inconnu (Microsoft 365)" } as const;

export const adapter = defineAdapter<MatrixOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const token = (await environment.secret(chosen.token)).trim();
    const accounts = chosen.accounts === undefined ? new Map<string, string>() : accountsOf(await environment.secret(chosen.accounts));
    const clientFor = (account: string): MatrixClient => new MatrixClient({ ...httpAccess(chosen, environment, account), base: new URL(chosen.url), token });
    const peopleAt = (server: string): People => new People({
      server, accounts, domains: chosen.domains.map((domain) => domain.toLowerCase()), own: chosen.authors === "own", unknown: UNKNOWN[environment.lang],
    });
    return {
      manifest,
      check: (signal) => checked(clientFor(""), environment, signal, (client) => whoIs(client, chosen, signal)),
      connect: (account, workload, signal) => connect(chosen, clientFor(account.name), peopleAt, environment, account, workload, signal),
      foresee, foreseePlace: () => [],
      close: () => Promise.resolve(),
    };
  },
});

async function connect(chosen: MatrixOptions, client: MatrixClient, peopleAt: (server: string) => People, { lang }: AdapterEnvironment, account: Account, workload: WorkloadName, signal: AbortSignal): Promise<MatrixSession> {
  try {
    const bot = await whoAmI(client, undefined, signal);
    return new MatrixSession({
      client, workload, account, bot, lang, people: peopleAt(serverOf(bot)), roomVersion: chosen.roomVersion, readOnly: chosen.readOnly, replies: chosen.replies, links: new MovedLinks(chosen.links), limit: await uploadLimit(client, signal),
    });
  } catch (thrown) {
    await client.close();
    throw thrown;
  }
}

/** Whether the server knows the token, and as whom, and makes rooms of the version; writes nothing. */
async function whoIs(client: MatrixClient, { roomVersion, url }: MatrixOptions, signal: AbortSignal): Promise<{ readonly code: string; readonly message: string }> {
  const bot = await whoAmI(client, undefined, signal);
  const limit = await uploadLimit(client, signal);
  const versions = await roomVersions(client, signal);
  if (!versions.includes(roomVersion)) throw new ExodusError("TARGET_ROOM_VERSION", { params: { target: client.access.target, reason: `${roomVersion}; ${versions.join(", ")}` } });
  return { code: "MATRIX_SIGN_IN", message: `${bot}, ${new URL(url).host}${limit === undefined ? "" : `, m.upload.size=${limit}`}` };
}
