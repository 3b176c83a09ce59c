/** Headers for the bytes of an address that an object storage signed: its right is sent where it was signed (Amazon S3 User Guide, "Uploading objects with presigned URLs"). */
export function presignedHeaders(address: string, acl: string): Readonly<Record<string, string>> {
  const signed = new URL(address).searchParams.get("X-Amz-SignedHeaders")?.split(";") ?? [];
  return { "content-type": "application/octet-stream", ...(signed.includes("x-amz-acl") ? { "x-amz-acl": acl } : {}) };
}
