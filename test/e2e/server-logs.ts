import { readFile } from "node:fs/promises";

export interface LogOptions {
  /** A log that is not there yet counts as empty. */
  readonly absent?: "empty";
}

/** Answers, at each call, the lines of these logs that tell of a change since the last one. */
export function logWrites(logs: readonly string[], { absent }: LogOptions = {}): () => Promise<string[]> {
  const told = new Map<string, number>();
  return async () => {
    const found: string[] = [];
    for (const log of logs) {
      const text = await readFile(log, "utf8").catch((thrown: NodeJS.ErrnoException) => {
        if (absent === "empty" && thrown.code === "ENOENT") return "";
        throw thrown;
      });
      found.push(...text.slice(told.get(log) ?? 0).split("\n").filter(isWrite));
      told.set(log, text.length);
    }
    return found;
  };
}

/** Of Dovecot's, Radicale's, Synapse's, sabre/dav's and Apache's. */
function isWrite(line: string): boolean {
  return /\b(append|save|copy|expunge|flag_change|mailbox_create|mailbox_delete|mailbox_rename): /.test(line)
    || /\[\d{3}\]: (PUT|DELETE|MKCOL|MKCALENDAR|PROPPATCH|MOVE|COPY|POST) /.test(line) || /"(PUT|POST|DELETE) \/_matrix\//.test(line)
    || /\[INFO\] (PUT|DELETE|MKCOL|MKCALENDAR|PROPPATCH|MOVE|POST) request/.test(line) || /^(PUT|DELETE|MKCOL|PROPPATCH|MOVE|COPY|LOCK|UNLOCK|POST|PATCH) /.test(line);
}
