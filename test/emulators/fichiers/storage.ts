import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Store } from "./store.js";
import { bodyOf } from "../loopback.js";
import { refuseObject } from "./wire.js";

interface Policy {
  readonly key: string;
  readonly acl: string | undefined;
  readonly until: number;
}

const BUCKET = "drive-media-storage";

/** An object storage that takes what was signed for it, and nothing else (Amazon S3 User Guide, "Uploading objects with presigned URLs"). */
export class ObjectStorage {
  readonly #policies = new Map<string, Policy>();

  constructor(private readonly store: Store) {}

  /** core/api/utils.py, generate_upload_policy; the form is that of core/tests/items/test_api_items_children_create.py. */
  sign(host: string, key: string, { acl, seconds }: { readonly acl: string; readonly seconds: number }): string {
    const signature = randomBytes(32).toString("hex");
    this.#policies.set(signature, { key, acl: acl === "default" ? undefined : acl, until: Date.now() + seconds * 1_000 });
    const query = new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": "drive/20261126/eu-east-1/s3/aws4_request", "X-Amz-Date": "20261126T000000Z", "X-Amz-Expires": String(seconds),
      "X-Amz-SignedHeaders": acl === "default" ? "host" : "host;x-amz-acl", "X-Amz-Signature": signature,
    });
    return `${host}/${BUCKET}/${key.split("/").map(encodeURIComponent).join("/")}?${query.toString()}`;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://storage");
    const policy = this.#policies.get(url.searchParams.get("X-Amz-Signature") ?? "");
    const { authorization, "content-length": length, "x-amz-acl": acl } = request.headers;
    if (request.method !== "PUT" || policy === undefined || decodeURIComponent(url.pathname) !== `/${BUCKET}/${policy.key}`) return refuseObject(response, 403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.");
    if (authorization !== undefined) return refuseObject(response, 400, "InvalidArgument", "Only one auth mechanism allowed.");
    if (Date.now() > policy.until) return refuseObject(response, 403, "AccessDenied", "Request has expired");
    if (acl !== policy.acl) return refuseObject(response, 403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.");
    if (length === undefined) return refuseObject(response, 411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    const bytes = await bodyOf(request);
    // All or nothing: an object of a cut request is never seen.
    if (bytes.byteLength !== Number(length)) return refuseObject(response, 400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.");
    this.store.objects.set(policy.key, bytes);
    response.writeHead(200).end();
  }
}
