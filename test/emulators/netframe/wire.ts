import type { StoredUser } from "./store.js";

/** An answer that ends a request: a page of refusal, or one that breaks. */
export class Refusal extends Error {
  constructor(readonly status: number, message = "") {
    super(message);
  }
}

export interface UploadedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Call {
  readonly user: StoredUser;
  readonly fields: Readonly<Record<string, string>>;
  readonly file?: UploadedFile;
  readonly query: URLSearchParams;
}

export type Result = { readonly json: unknown } | { readonly page: string } | { readonly to: string } | { readonly bytes: Buffer; readonly disposition: string } | "nothing";

export interface Route {
  readonly path: RegExp;
  readonly method: "GET" | "POST";
  /** Fields that the source reads of the form. */
  readonly takes?: readonly string[];
  serve(call: Call, ...parts: string[]): Result;
}
