import type { SieveServer } from "../../src/convert/sieve/context.js";
import type { SieveCapabilities } from "../../src/drivers/managesieve/client.js";

/** How James names itself (apache/james-project 19fd2ec1 and 20bf8083, protocols/managesieve, CoreProcessor.IMPLEMENTATION_DESCRIPTION). */
const JAMES = /^Apache ManageSieve\b/;

/**
 * What James announces and its delivery does otherwise (apache/james-project 19fd2ec1 to 20bf8083, server/mailet/mailets, transport/mailets/jsieve), which no question to
 * ManageSieve would show: `vacation` answers every message, other answers too (VacationAction), and with `:mime` breaks the whole script (VacationReply); `body` tells
 * capitals apart (SieveMailAdapter.isInBodyText).
 */
const BROKEN: ReadonlySet<string> = new Set(["vacation", "body"]);

/** What of the server's Sieve a rule may be built on. At James, a message resent is gone from the mailbox despite `keep` (RedirectAction), and one filed besides is not. */
export function dependable({ implementation, extensions, maxRedirects }: SieveCapabilities): SieveServer {
  const limit = maxRedirects === undefined ? {} : { maxRedirects };
  if (!JAMES.test(implementation)) return { extensions, ...limit };
  return { extensions: new Set([...extensions].filter((name) => !BROKEN.has(name))), keepsBeside: false, ...limit };
}
