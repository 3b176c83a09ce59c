import { randomBytes } from "node:crypto";
import { stringify } from "yaml";

/** First letters of the accounts made for authors who have none, and of room aliases. */
export const GHOST_PREFIX = "m365_";

export interface RegistrationOptions {
  /** Name of the home server: what stands after the colon of its users. */
  readonly server: string;
  readonly sender: string;
  /** Nobody else may make accounts and aliases with our prefix. */
  readonly exclusive: boolean;
  /** Only the accounts with our prefix: nobody's own account can be written for. */
  readonly ghostsOnly: boolean;
}

/**
 * Registration file of an application service (Matrix application service API, "Registration"), with tokens of 256 random bits. `url` is null: nothing is to be
 * pushed to us. The namespace of all users is never exclusive, which would lock everybody out of making an account.
 */
export function registrationYaml({ server, sender, exclusive, ghostsOnly }: RegistrationOptions): string {
  const domain = server.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const token = (): string => randomBytes(32).toString("hex");
  return stringify({
    id: sender, url: null, as_token: token(), hs_token: token(), sender_localpart: sender, rate_limited: false,
    namespaces: {
      users: [{ exclusive, regex: `@${GHOST_PREFIX}.*:${domain}` }, ...(ghostsOnly ? [] : [{ exclusive: false, regex: `@.*:${domain}` }])],
      aliases: [{ exclusive, regex: `#${GHOST_PREFIX}.*:${domain}` }],
      rooms: [],
    },
  });
}
