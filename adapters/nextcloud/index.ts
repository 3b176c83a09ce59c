import { composed, part } from "../../src/kit/composed.js";
import { adapter as caldav } from "../caldav/index.js";
import { adapter as carddav } from "../carddav/index.js";
import { adapter as webdav } from "../webdav/index.js";

const FILES = "nextcloud/documentation@0902323, developer_manual/client_apis/WebDAV/basic.rst: PUT below /remote.php/dav/files/<user>, X-OC-MTime";
const SCHEDULING = "nextcloud/server@00cb8e6, apps/dav/lib/CalDAV/Schedule/Plugin.php: sabre/dav's own, which heeds Schedule-Reply (sabre-io/dav@05c47df, lib/CalDAV/Schedule/Plugin.php)";

export const adapter = composed({
  name: "nextcloud",
  title: "Nextcloud",
  docs: "docs/targets/nextcloud.md",
  parts: {
    webdav: part(webdav, { files: { evidence: "documented", cite: FILES } }),
    // It does not tell that it is sabre/dav, so that "auto" would leave scheduling to the client for ever.
    caldav: part(caldav, { calendar: { evidence: "documented", cite: SCHEDULING } }, { scheduling: "request" }),
    carddav: part(carddav, { contacts: { evidence: "documented", cite: "nextcloud/server@00bee4f, apps/dav/lib/Server.php: CardDAV of sabre/dav below addressbooks" } }),
  },
});
