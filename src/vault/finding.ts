import type { CheckIndex } from "../core/vault.js";
import type { Cipher } from "./cipher.js";
import type { ReadHandles } from "./read-handles.js";
import type { Readers } from "./readers.js";
import type { References } from "./references.js";
import type { SchemaCheck } from "./schema-check.js";

/** What `check` finds. `file` is relative to the vault, for records with ":" and the line number; messages hold no content of a message. */
export type Finding =
  | { readonly kind: "problem"; readonly code: ProblemCode; readonly file: string; readonly message: string; /** Identifier of the item that a record is about. */ readonly item?: string }
  /** Nothing is wrong; bytes that a crash left, for example. */
  | { readonly kind: "information"; readonly code: InformationCode; readonly file: string; readonly message: string }
  | ({ readonly kind: "summary" } & Readonly<Counts>);

export type ProblemCode = "bad-owner" | "torn-segment" | "torn-records" | "bad-name" | "wrong-hash" | "wrong-size" | "seal-broken" | "bad-record" | "blob-missing" | "index-wrong" | "against-schema";
export type InformationCode = "unreferenced" | "uncommitted" | "superseded" | "foreign-file" | "encrypted";

export interface Counts {
  owners: number;
  /** Record lines. */
  records: number;
  blobs: number;
  /** Of all blobs. */
  bytes: number;
  /** Blobs that no record names. */
  unreferenced: number;
  problems: number;
}

/** What the parts of a check share. */
export interface Check {
  readonly root: string;
  readonly index: CheckIndex;
  readonly readData: boolean;
  /** Absent: the program's own rules alone. */
  readonly schemas: SchemaCheck | undefined;
  readonly handles: ReadHandles;
  readonly readers: Readers;
  /** Of sealed segments that were read as a whole. */
  readonly hashes: Map<string, string>;
  /** Opens an encrypted vault. */
  readonly cipher: Cipher | undefined;
  /** Encrypted, and no key given. */
  readonly closed: boolean;
  readonly references: References;
  /** Segments and large files with damaged bytes that nothing counts on any more. */
  readonly superseded: Set<string>;
  readonly counts: Counts;
}

export function problem(code: ProblemCode, file: string, message: string, item?: string): Finding {
  return { kind: "problem", code, file, message, ...(item === undefined ? {} : { item }) };
}
