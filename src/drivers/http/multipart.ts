import { randomUUID } from "node:crypto";
import type { StreamBody } from "./client.js";

/** A form with one file (RFC 7578), streamed; its size is told ahead. */
export interface FileForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: StreamBody & { readonly field: string; readonly name: string; readonly mediaType: string };
}

export interface Multipart extends StreamBody {
  readonly contentType: string;
}

export function multipart({ fields, file }: FileForm): Multipart {
  const boundary = `o365-exodus-${randomUUID()}`;
  const start = (disposition: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const before = Buffer.from([
    ...Object.entries(fields).map(([name, value]) => `${start(`name="${quoted(name)}"`)}\r\n${value}\r\n`),
    `${start(`name="${quoted(file.field)}"; filename="${quoted(file.name)}"`)}Content-Type: ${file.mediaType}\r\n\r\n`,
  ].join(""));
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`, size: before.byteLength + file.size + after.byteLength,
    bytes: (async function* () { yield before; yield* file.bytes; yield after; })(),
  };
}

/** As browsers do (WHATWG, "multipart/form-data encoding algorithm"). */
function quoted(name: string): string {
  return name.replace(/\r\n?|\n/g, "%0D%0A").replace(/"/g, "%22");
}
