import { ExodusError } from "../core/errors.js";
import type { LoadedConfig } from "../config/load.js";
import type { Output } from "./output.js";

/** Names the chosen owners that are not there to be read: the source does not have them, or somebody else signed in. */
export function tellUnknown(output: Output, { config }: LoadedConfig, unknown: readonly string[]): void {
  const code = config.source?.deviceCode === true ? "OWNER_NOT_SIGNED_IN" : "OWNER_UNKNOWN";
  for (const owner of unknown) output.error(new ExodusError(code, { params: { owner } }));
}
