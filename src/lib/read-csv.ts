import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { parse } from "csv-parse";

export interface CsvRow {
  /** Number of the line on which the row ends, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Bytes in which the header line ends. */
const HEAD = 65_536;

/**
 * Rows of a CSV as spreadsheets write it, the header first: separated by `;`, or by `,` where the header has none, UTF-8 with or without byte order mark, cells trimmed,
 * without the apostrophe that keeps a spreadsheet from running a cell (`csvLine`). Streams.
 * @throws TypeError (ERR_ENCODING_INVALID_ENCODED_DATA) for bytes that are no UTF-8; the parser's own errors.
 */
export async function* csvRows(file: string): AsyncGenerator<CsvRow> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const delimiter = /^[^\r\n]*;/.test(buffer.toString("utf8", 0, bytesRead)) ? ";" : ",";
    const parser = parse({ delimiter, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true });
    // The parser ends with the same failure, to whoever reads from it.
    pipeline(Readable.from(decoded(handle.createReadStream({ start: 0, autoClose: false }))), parser, () => undefined);
    for await (const row of parser) {
      const { record, info } = row as { readonly record: readonly string[]; readonly info: { readonly lines: number } };
      yield { line: info.lines, cells: record.map(plain) };
    }
  } finally {
    await handle.close();
  }
}

async function* decoded(bytes: AsyncIterable<unknown>): AsyncGenerator<string> {
  // The parser takes the byte order mark away.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for await (const chunk of bytes) yield decoder.decode(chunk as Uint8Array, { stream: true });
  yield decoder.decode();
}

function plain(cell: string): string {
  return cell.replace(/^'(?=\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/, "");
}
