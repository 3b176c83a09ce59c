import { composed, part } from "../../src/kit/composed.js";
import { adapter as matrix } from "../matrix/index.js";
import { webdavAdapter } from "../webdav/index.js";
import { GOFAST_NAMES } from "./names.js";

const DOCS = "CEO-Vision/gofast-docs@7d97b12, docs-gofast-technical";
const CHAT = { evidence: "own-server", cite: `${DOCS}/gofast-docs-prerequis-installation-serveur.rst: Matrix-Synapse v1.x` } as const;

export const adapter = composed({
  name: "gofast",
  title: "GoFAST (CEO-Vision)",
  docs: "docs/targets/gofast.md",
  parts: {
    webdav: part(webdavAdapter(GOFAST_NAMES), { files: { evidence: "emulator", cite: `${DOCS}/gofast-exploitation.rst, "Lecteur Réseau": WebDAV of Alfresco` } }),
    // Its client is Element, which shows threads (release-notes-3.8.0.rst, GOFAST-5724).
    matrix: part(matrix, { channels: CHAT, chats: CHAT }),
  },
});
