import type { ErrorCode } from "../../core/errors/catalog.js";
import type { SignIn } from "./exchange.js";

/** What a refused sign-in is called: servers say the same of a wrong password, a right that is missing and an account that is not there, on purpose. */
export function refusedSignIn({ secret, authorizeAs }: { readonly secret: Pick<SignIn["secret"], "kind">; readonly authorizeAs?: string | undefined }): ErrorCode {
  if (secret.kind === "token") return "TARGET_TOKEN";
  return authorizeAs === undefined ? "TARGET_CREDENTIAL" : "TARGET_DELEGATION";
}
