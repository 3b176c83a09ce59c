import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import type { ReportSink } from "../engine/report/model.js";

/** Writes report files into a folder; each appears under its name only when it is whole. */
export function reportFolder(dir: string): ReportSink {
  return {
    async open(name) {
      await mkdir(dir, { recursive: true });
      const file = path.join(dir, name);
      const stream = createWriteStream(`${file}.part`, { mode: 0o600 });
      return {
        async write(text) {
          if (!stream.write(text)) await once(stream, "drain");
        },
        async close() {
          stream.end();
          await finished(stream);
          await rename(`${file}.part`, file);
        },
      };
    },
  };
}
