import { composed, part } from "../../src/kit/composed.js";
import { adapter as caldav } from "../caldav/index.js";
import { adapter as carddav } from "../carddav/index.js";
import { adapter as cozy } from "../cozy/index.js";
import { adapter as imap } from "../imap/index.js";
import { adapter as jmap } from "../jmap/index.js";
import { adapter as managesieve } from "../managesieve/index.js";
import { adapter as matrix } from "../matrix/index.js";

const JAMES = "apache/james-project@20bf8083, docs/modules/servers/partials";
const SABRE = "linagora/esn-sabre@67e17365, lib/DAV/Auth/Backend/Esn.php: \"<admin>&<user>\" acts for the user";
const CHAT = { evidence: "own-server", cite: "linagora/twake-on-matrix@6f4dd027, README.md: Twake Chat is a client of the Matrix protocol" } as const;

export const adapter = composed({
  name: "twake",
  title: "Twake Workplace (Linagora)",
  docs: "docs/targets/twake.md",
  parts: {
    // Every byte stays by IMAP; of what comes by JMAP, James writes each message anew (docs/targets/jmap.md).
    imap: part(imap, { mail: { evidence: "own-server", cite: `${JAMES}/operate/migrating.adoc: by IMAP, as an administrator who acts for each user` } }),
    managesieve: part(managesieve, { settings: { evidence: "documented", cite: `${JAMES}/configure/sieve.adoc: ManageSieve, "experimental"` } }),
    jmap: part(jmap, { mail: { evidence: "own-server", cite: `${JAMES}/configure/jmap.adoc: JMAP of RFC 8621` }, settings: { evidence: "documented", cite: "apache/james-project@70484b78, server/protocols/jmap-rfc-8621/doc/specs/spec/mail/vacationresponse.mdown; linagora/tmail-backend@cbb8acd6, jmapLabels.adoc, jmapFilters.adoc" } }),
    caldav: part(caldav, { calendar: { evidence: "emulator", cite: `${SABRE}; lib/CalDAV/ImportPlugin.php` } }, { scheduling: "import" }),
    carddav: part(carddav, { contacts: { evidence: "emulator", cite: SABRE } }),
    cozy: part(cozy, { files: { evidence: "emulator", cite: "cozy/cozy-stack@db116385, docs/files.md, docs/shared-drives.md" } }),
    // Nothing in the client's lib/ names m.thread: it shows what a message answers, and no threads.
    matrix: part(matrix, { channels: CHAT, chats: CHAT }, { replies: "rich" }),
  },
});
