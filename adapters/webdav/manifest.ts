import type { Manifest } from "../../src/core/adapter.js";

export const manifest: Manifest = {
  name: "webdav",
  title: "Any file server (WebDAV)",
  docs: "https://www.rfc-editor.org/rfc/rfc4918",
  workloads: {
    files: {
      support: "partial", via: "webdav", evidence: "own-server", keepsDates: true, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      gaps: [
        { field: "createdBy, modifiedBy", reason: "files.authors", cite: "RFC 4918 section 15 defines no property for the author" },
        { field: "modifiedAt", reason: "files.date-as-property", cite: "RFC 4918 section 15.7: getlastmodified is set by the server and should be protected" },
        { field: "versions", reason: "files.versions", cite: "RFC 4918 section 1 leaves versions to another document (RFC 3253)" },
        { field: "permissions", reason: "files.permissions", cite: "RFC 4918 section 20.2 leaves access control to another document (RFC 3744), which few file servers implement" },
        { field: "contentType, columns, checkedOut", reason: "files.columns", cite: "RFC 4918 section 15 defines no property for them" },
      ],
    },
  },
  concurrency: 4,
  skips: ["FOLDER_PERMISSIONS"],
};
