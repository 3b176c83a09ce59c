import type { Manifest } from "../../src/core/adapter.js";
import { fileGaps } from "../../src/kit/file-losses.js";

/** Classes made of the vendor's page by a public program. */
const CLASSES = "praftr/wimi-api-client@c6e4535, src/Request/Document";
const UPLOAD = `${CLASSES}/File/UploadRequest.php`;
/** Told for the client that brings files to people's machines. */
const RESTRICTIONS = "https://support.wimi-teamwork.com/t/what-are-the-restrictions-of-wimi-drive/84";
const twice = `${CLASSES}/Entry/ListRequest.php: a folder is a list of names; what a second file of a name becomes is in no source`;

export const manifest: Manifest = {
  name: "wimi",
  title: "Wimi",
  docs: "docs/targets/wimi.md",
  workloads: {
    files: {
      support: "partial", via: "rest", evidence: "emulator",
      cite: `${UPLOAD}: names and fields of the vendor's page; how the bytes travel rests on a third party's program alone (https://pypi.org/project/pywimi/0.3/, pywimi/wimi.py, upload)`,
      keepsDates: false, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      maxBytes: 2 * 2 ** 30,
      gaps: [
        ...fileGaps({
          name: `${RESTRICTIONS}: characters of names`,
          shortened: `${RESTRICTIONS}: names that Windows and macOS take`,
          twice,
          authors: `${UPLOAD}: no author`,
          dates: `${UPLOAD}: timestamp, whose form is in no source`,
          versions: `${UPLOAD}: replace_master and file_id, whose effect is in no source`,
          permissions: `${CLASSES}/Directory/AddMembersToDirRequest.php: members are a workspace's`,
          columns: `${UPLOAD} has no columns of a library`,
        }),
        { of: "container", field: "folder", change: "approximated", reason: "container.flattened", cite: `${RESTRICTIONS}: nine levels of folders` },
      ],
    },
  },
  concurrency: 4,
  skips: ["FOLDER_PERMISSIONS"],
};
