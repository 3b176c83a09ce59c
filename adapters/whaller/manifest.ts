import type { Manifest } from "../../src/core/adapter.js";
import { fileGaps } from "../../src/kit/file-losses.js";

const AT = "whallerfr/client-python@306f0ff, whaller_client/endpoints";
const FIELDS = `${AT}/box.py: name, ext, cloudfile_id, type and parent_id are all that is sent`;
const ADDS = `${AT}/box.py: create_folder and create_file are all there is`;
const NAMES = `${AT}/box.py: no rule of names is told; a name is parted from its extension`;

export const manifest: Manifest = {
  name: "whaller",
  title: "Whaller",
  docs: "docs/targets/whaller.md",
  workloads: {
    files: {
      support: "partial", via: "rest", evidence: "emulator", cite: `${AT}/box.py and upload.py, which calls two methods that are not defined there`, keepsDates: false, keepsAuthors: false,
      canFind: false, canFindContainers: false, canReadBack: false, canUpdate: false, canRemove: false,
      gaps: [
        ...fileGaps({
          name: NAMES, shortened: NAMES, twice: `${ADDS}: what a second one of a name becomes is not told`, authors: FIELDS, dates: FIELDS, versions: ADDS, permissions: FIELDS, columns: FIELDS,
        }).filter(({ reason }) => reason !== "files.name-shortened"),
        { of: "item", field: "content", change: "dropped", reason: "files.unchangeable", cite: ADDS },
        { of: "item", field: "name", change: "dropped", reason: "files.unchangeable", cite: ADDS },
        // The engine tells it, of what `canRemove` says.
        { of: "item", field: "container", change: "dropped", reason: "target.stays", cite: ADDS },
        { of: "container", field: "folder", change: "approximated", reason: "container.stays", cite: ADDS },
      ],
    },
  },
  concurrency: 1,
  skips: ["FOLDER_PERMISSIONS"],
};
