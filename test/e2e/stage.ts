import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { serve, type Served } from "./cli.js";

/** A tenant folder of a suite's own, and the sandbox that serves it. */
export interface Stage {
  readonly tenant: string;
  readonly served: Served;
  remove(): Promise<void>;
}

/** `fill` writes the tenant; `args` are further arguments of the sandbox. */
export async function stage(fill: (tenant: string) => Promise<unknown>, args: (tenant: string) => readonly string[] = () => []): Promise<Stage> {
  const tenant = await mkdtemp(path.join(tmpdir(), "exodus-tenant-"));
  await fill(tenant);
  const served = await serve(tenant, args(tenant));
  return {
    tenant, served,
    remove: async () => {
      await served.stop();
      await rm(tenant, { recursive: true, force: true });
    },
  };
}
