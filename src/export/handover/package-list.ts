import { csvLine, CSV_START } from "../../lib/csv.js";
import type { LineFile } from "../export-folder.js";
import type { PackageFolder, Written } from "./package-folder.js";

export const SUMS = "SHA256SUMS";
export const MANIFEST = "manifest.csv";

/** Every file of a package with size and SHA-256: `manifest.csv` for people, `SHA256SUMS` for `sha256sum -c`. */
export class PackageList {
  private constructor(private readonly folder: PackageFolder, private readonly sums: LineFile, private readonly manifest: LineFile) {}

  static async open(folder: PackageFolder): Promise<PackageList> {
    const [sums, manifest] = [await folder.lines(SUMS), await folder.lines(MANIFEST)];
    await manifest.write(CSV_START + csvLine(["file", "bytes", "sha256"]));
    return new PackageList(folder, sums, manifest);
  }

  async add(file: string, { size, sha256 }: Written): Promise<void> {
    await this.manifest.write(csvLine([file, size, sha256]));
    await this.sums.add(sumLine(file, sha256));
  }

  /** Ends both lists; answers the SHA-256 of `SHA256SUMS`, which vouches for all. */
  async close(): Promise<string> {
    await this.manifest.close();
    await this.sums.add(sumLine(MANIFEST, (await this.folder.written(MANIFEST)).sha256));
    await this.sums.close();
    return (await this.folder.written(SUMS)).sha256;
  }
}

/** As GNU sha256sum writes and reads it: a name with a backslash or line end is escaped, and the line says so by a backslash of its own (coreutils manual, "md5sum invocation"). */
export function sumLine(file: string, sha256: string): string {
  const escaped = file.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/\r/g, "\\r");
  return `${escaped === file ? "" : "\\"}${sha256}  ${escaped}`;
}
