import { z } from "zod";
import type { CozyClient } from "./client.js";
import { documentOf, shaped, type CozyDocument } from "./documents.js";

/** The folder in which shared drives stand, made where there is none (docs/files.md, "POST /files/shared-drives"). */
export async function drivesFolder(client: CozyClient, signal: AbortSignal): Promise<CozyDocument> {
  const { body } = await client.request("POST", "/files/shared-drives", { signal });
  return documentOf(body, client.access.target);
}

const Drives = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), attributes: z.looseObject({ rules: z.array(z.looseObject({ values: z.array(z.string()).nullish() })).nullish() }) })).nullish() });

/** Folders that are shared drives (docs/shared-drives.md, "GET /sharings/drives"). */
export async function drives(client: CozyClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { body } = await client.request("GET", "/sharings/drives", { signal });
  const { data } = shaped(Drives, body, client.access.target);
  return new Set((data ?? []).flatMap(({ attributes }) => (attributes.rules ?? []).flatMap(({ values }) => values ?? [])));
}

/**
 * Makes a folder a shared drive, without members: adding some sends invitations ("POST /sharings/drives"; pkg/limits/rate_limiting.go, SharingInviteType:
 * twenty an hour). One that is a drive already stays as it is; so does a folder that stands in a shared one.
 */
export async function shareAsDrive(client: CozyClient, folder: string, description: string, signal: AbortSignal): Promise<void> {
  if ((await drives(client, signal)).has(folder)) return;
  const body = { data: { type: "io.cozy.sharings", attributes: { folder_id: folder, description } } };
  await client.request("POST", "/sharings/drives", { body, expect: [409], signal });
}
