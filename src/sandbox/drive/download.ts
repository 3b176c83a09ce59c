import { createHmac, randomBytes } from "node:crypto";
import path from "node:path";
import { fileAnswer, GraphRefusal, type Answer } from "../answers.js";

/** A download address lives about an hour at Microsoft's (api-reference/v1.0/api/driveitem-get-content). */
const LIFETIME_MS = 3_600_000;

/** Pre-authenticated addresses below `/download/`, outside Graph, for which no token is asked. */
export class Downloads {
  #key = randomBytes(32);

  constructor(private readonly root: () => string) {}

  /** `file` is an absolute path, `app` whom the address is given to. An infected file has an address that refuses. */
  address(file: string, app: string, infected = false): string {
    const extension = path.extname(file).replace(/[^\w.]/g, "");
    const query = { f: Buffer.from(file).toString("base64url"), e: String(Date.now() + LIFETIME_MS), a: app, ...(infected ? { v: "1" } : {}) };
    return `${this.root()}/download/content${extension}?${new URLSearchParams({ ...query, s: this.#signature(query) }).toString()}`;
  }

  /** Addresses given so far are worthless from now on. */
  expire(): void {
    this.#key = randomBytes(32);
  }

  /** Serves one address; undefined when the path is not one. */
  async answer(pathname: string, query: URLSearchParams, range: string | undefined): Promise<Answer | undefined> {
    if (!pathname.startsWith("/download/")) return undefined;
    const { s: signature, ...told } = Object.fromEntries(query);
    if (signature !== this.#signature(told) || Number(told["e"]) < Date.now()) throw new GraphRefusal(401, "unauthenticated", "The download address has expired.");
    // Seen by other clients as 403 with this header (rclone, backend/onedrive: "av_override").
    if (told["v"] === "1") throw new GraphRefusal(403, "malwareDetected", "Malware was detected in the requested resource.", { "x-virus-infected": "EICAR" });
    return fileAnswer(Buffer.from(told["f"] ?? "", "base64url").toString("utf8"), { "content-type": "application/octet-stream", "accept-ranges": "bytes" }, range);
  }

  #signature(query: Readonly<Record<string, string>>): string {
    return createHmac("sha256", this.#key).update(JSON.stringify(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)))).digest("base64url");
  }
}
