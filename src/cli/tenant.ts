import { fileURLToPath } from "node:url";

/** The small public body that comes with the program (`fixtures/tenant`). */
export function bundledTenant(): string {
  return fileURLToPath(new URL("../../../fixtures/tenant", import.meta.url));
}
