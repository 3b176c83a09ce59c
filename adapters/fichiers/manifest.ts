import type { Manifest } from "../../src/core/adapter.js";
import { fileGaps } from "../../src/kit/file-losses.js";

const AT = "suitenumerique/drive@ef1f1a7, src/backend/core";
const ITEM = `${AT}/api/serializers.py, CreateItemSerializer`;

export const manifest: Manifest = {
  name: "fichiers",
  title: "Fichiers (La Suite numérique)",
  docs: "docs/targets/fichiers.md",
  workloads: {
    files: {
      support: "partial", via: "rest", evidence: "emulator", cite: "suitenumerique/drive@ef1f1a7, docs/resource_server.md, \"Upload a file\"", keepsDates: false, keepsAuthors: false,
      canFind: true, canReadBack: false, canUpdate: true, canRemove: true,
      // Amazon S3 User Guide, "Uploading objects": the most that one PUT takes. The server's own limit, lower unless raised, is told by its refusal.
      maxBytes: 5 * 2 ** 30,
      gaps: fileGaps({
        name: `${AT}/api/utils.py, sanitize_filename: a name without a letter of ASCII is refused; the API trims names`,
        shortened: `${AT}/models.py, Item.title: 255 characters`,
        twice: `${AT}/utils/item_title.py: a second title in a folder gets a number`,
        authors: `${ITEM}: the creator is whoever sends`,
        dates: `${ITEM}: created_at and updated_at are read-only`,
        versions: `${AT}/urls.py: no route makes a version`,
        permissions: `${AT}/api/viewsets.py, ItemAccessViewSet: each access sends a message to its holder`,
        columns: `${ITEM} has no columns of a library`,
      }),
    },
  },
  concurrency: 4,
  skips: ["FOLDER_PERMISSIONS"],
};
