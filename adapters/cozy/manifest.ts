import type { Manifest } from "../../src/core/adapter.js";

const NAMES = "cozy-stack model/vfs/vfs.go, checkFileName: \"/\", NUL, line breaks, \".\", \"..\" and the empty name are refused; a \".cozy-note\" is rewritten (web/files/files.go)";
const LONG = "cozy-stack model/vfs/vfsafero/impl.go, CreateFile: a temporary file of the name is made on the disk, of 255 bytes at most";

export const manifest: Manifest = {
  name: "cozy",
  title: "Twake Drive (cozy-stack)",
  docs: "https://docs.cozy.io/en/cozy-stack/files/",
  workloads: {
    files: {
      support: "partial", via: "rest", evidence: "emulator", cite: "cozy-stack docs/files.md, \"POST /files/:dir-id\"", keepsDates: true, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      // model/vfs/vfsswift/impl_v3.go, maxFileSize.
      maxBytes: 5 * 2 ** 30,
      gaps: [
        { of: "item", field: "name", change: "approximated", reason: "files.name", cite: NAMES },
        { of: "item", field: "name", change: "approximated", reason: "files.name-shortened", cite: LONG },
        { of: "item", field: "name", change: "approximated", reason: "files.renamed-conflict", cite: "cozy-stack docs/files.md, POST /files/:dir-id: 409 when a file with the same name already exists" },
        { of: "item", field: "createdBy, modifiedBy", change: "dropped", reason: "files.authors", cite: "cozy-stack docs/files.md: a file has no author but the application that uploaded it" },
        { of: "item", field: "createdAt", change: "approximated", reason: "files.date-rules", cite: "cozy-stack model/vfs/couchdb_indexer.go, prepareFileDoc: the date of a photo's EXIF comes first; docs/files.md, PUT /files/:file-id has no CreatedAt" },
        { of: "item", field: "modifiedAt", change: "approximated", reason: "files.date-rules", cite: "cozy-stack docs/files.md: updated_at is never before created_at" },
        { of: "item", field: "versions", change: "dropped", reason: "files.versions-merged", cite: "cozy-stack model/vfs/version.go, detectVersionsToClean; model/vfs/vfsswift/impl_v3.go, Close: the same bytes make no version" },
        { of: "item", field: "permissions", change: "dropped", reason: "files.permissions", cite: "cozy-stack docs/shared-drives.md: members of a drive read and write, or read; adding them sends invitations" },
        { of: "item", field: "columns", change: "dropped", reason: "files.columns", cite: "cozy-stack docs/files.md: a file has tags and metadata, no columns of a library" },
        { of: "container", field: "folder", change: "approximated", reason: "files.name", cite: NAMES },
        { of: "container", field: "folder", change: "approximated", reason: "files.name-shortened", cite: LONG },
        { of: "container", field: "folder", change: "approximated", reason: "container.marked", cite: "cozy-stack docs/files.md, POST /files/:dir-id: 409 when a directory with the same name already exists" },
      ],
    },
  },
  concurrency: 4,
  skips: ["FOLDER_PERMISSIONS"],
};
