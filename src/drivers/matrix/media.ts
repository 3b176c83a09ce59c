import { createHash } from "node:crypto";
import type { MatrixClient } from "./client.js";

export interface Upload {
  readonly as: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Streams a file into the media repository; answers its `mxc://` address, or undefined when the server, or a proxy before it, takes nothing as large. */
export async function upload(client: MatrixClient, { as, name, mediaType, size, bytes }: Upload, signal: AbortSignal): Promise<string | undefined> {
  const { errcode, body } = await client.request("POST", "media/v3/upload", { as, query: { filename: name }, body: { size, mediaType, bytes }, expect: ["M_TOO_LARGE"], signal });
  return errcode === undefined ? String(body["content_uri"]) : undefined;
}

/** `m.upload.size`: largest file in bytes, when the server tells (client-server API, "GET /_matrix/client/v1/media/config", since v1.11). */
export async function uploadLimit(client: MatrixClient, signal: AbortSignal): Promise<number | undefined> {
  const older = { expect: ["M_UNRECOGNIZED", "M_NOT_FOUND"], signal };
  const told = await client.request("GET", "client/v1/media/config", older);
  const { body } = told.errcode === undefined ? told : await client.request("GET", "media/v3/config", older);
  const limit = body["m.upload.size"];
  return typeof limit === "number" ? limit : undefined;
}

/** SHA-256 of what the media repository gives for an address, in hexadecimal; undefined when it is not there. Authenticated (since v1.11). */
export async function mediaDigest(client: MatrixClient, as: string | undefined, address: string, signal: AbortSignal): Promise<string | undefined> {
  const [server = "", media = ""] = address.replace(/^mxc:\/\//, "").split("/");
  return client.exchange("GET", `client/v1/media/download/${encodeURIComponent(server)}/${encodeURIComponent(media)}`, { as, signal }, async (answer) => {
    if (answer.status === 404) return undefined;
    if (answer.status >= 400) throw (await client.refusalOf("GET", answer)).error;
    const hash = createHash("sha256");
    for await (const piece of answer.body) hash.update(piece);
    return hash.digest("hex");
  });
}
