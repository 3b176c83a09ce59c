import { z } from "zod";
import type { CozyClient } from "./client.js";
import { shaped } from "./documents.js";

/** In bytes. */
export interface DiskUsage {
  readonly used: number;
  /** Undefined: without a limit. */
  readonly quota: number | undefined;
}

const Usage = z.looseObject({ data: z.looseObject({ attributes: z.looseObject({ used: z.coerce.number(), quota: z.coerce.number().optional() }) }) });

/** docs/settings.md, "GET /settings/disk-usage". Undefined where the token does not reach settings. */
export async function diskUsage(client: CozyClient, signal: AbortSignal): Promise<DiskUsage | undefined> {
  const { status, body } = await client.request("GET", "/settings/disk-usage", { expect: [403], signal });
  if (status === 403) return undefined;
  const { used, quota } = shaped(Usage, body, client.access.target).data.attributes;
  return { used, quota: quota === 0 ? undefined : quota };
}
