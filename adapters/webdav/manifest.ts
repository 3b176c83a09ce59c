import type { Manifest } from "../../src/core/adapter.js";

export const manifest: Manifest = {
  name: "webdav",
  title: "Any file server (WebDAV)",
  docs: "https://www.rfc-editor.org/rfc/rfc4918",
  workloads: {
    files: {
      support: "partial", via: "webdav", evidence: "own-server", cite: "RFC 4918 sections 9.3 and 9.7: MKCOL and PUT", keepsDates: true, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      gaps: [
        { of: "item", field: "name", change: "approximated", reason: "files.name", cite: "RFC 3986 section 3.3: a segment holds no \"/\"; servers on Windows refuse more" },
        { of: "item", field: "name", change: "approximated", reason: "files.name-shortened", cite: "255 bytes are the most that common file systems keep (Linux: NAME_MAX, limits.h)" },
        { of: "item", field: "name", change: "approximated", reason: "files.renamed-conflict", cite: "RFC 4918 section 9.7.1: a PUT replaces what stands under the name" },
        { of: "item", field: "createdBy, modifiedBy", change: "dropped", reason: "files.authors", cite: "RFC 4918 section 15 defines no property for the author" },
        { of: "item", field: "modifiedAt", change: "approximated", reason: "files.date-as-property", cite: "RFC 4918 section 15.7: getlastmodified is set by the server and should be protected" },
        { of: "item", field: "modifiedAt", change: "dropped", reason: "files.dates", cite: "RFC 4918 section 4.2: a server may refuse a property that it does not know" },
        { of: "item", field: "versions", change: "dropped", reason: "files.versions", cite: "RFC 4918 section 1 leaves versions to another document (RFC 3253)" },
        { of: "item", field: "permissions", change: "dropped", reason: "files.permissions", cite: "RFC 4918 section 20.2 leaves access control to another document (RFC 3744), which few file servers implement" },
        { of: "item", field: "columns", change: "dropped", reason: "files.columns", cite: "RFC 4918 section 15 defines no property for them" },
        { of: "container", field: "folder", change: "approximated", reason: "files.name", cite: "RFC 3986 section 3.3: a segment holds no \"/\"; servers on Windows refuse more" },
        { of: "container", field: "folder", change: "approximated", reason: "files.name-shortened", cite: "255 bytes are the most that common file systems keep (Linux: NAME_MAX, limits.h)" },
        { of: "container", field: "folder", change: "approximated", reason: "container.marked", cite: "RFC 4918 section 9.3: MKCOL makes no second collection under one name" },
      ],
    },
  },
  concurrency: 4,
  skips: ["FOLDER_PERMISSIONS"],
};
