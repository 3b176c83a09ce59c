import type { HttpAccess } from "../src/drivers/http/client.js";
import type { AdapterEnvironment } from "../src/kit/define.js";
import { httpAccess } from "../src/kit/http-options.js";

/** What `cli` would give an adapter, with the secrets spelled out and a governor that lets everything pass. */
export function testEnvironment(target: string, secrets: Readonly<Record<string, string>>, ca?: string): AdapterEnvironment {
  return {
    target, baseDir: "/", ca, lang: "en",
    governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) },
    secret: (reference) => {
      const value = secrets[reference];
      return value === undefined ? Promise.reject(new Error(`no secret ${reference}`)) : Promise.resolve(value);
    },
  };
}

/** Whom a client over HTTP speaks to, as an adapter would tell it. */
export function testAccess(target: string, account: string): HttpAccess {
  return httpAccess({ timeout: 60 }, testEnvironment(target, {}), account);
}
