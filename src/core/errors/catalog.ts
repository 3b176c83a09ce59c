import { CONFIG_ERRORS } from "./config.js";
import { ENGINE_ERRORS } from "./engine.js";
import { GRAPH_ERRORS } from "./graph.js";
import { IDENTITY_ERRORS } from "./identity.js";
import { INSTANCE_ERRORS } from "./instance.js";
import { ROUTE_ERRORS } from "./routes.js";
import { SANDBOX_ERRORS } from "./sandbox.js";
import { STATE_ERRORS } from "./state.js";
import { TARGET_ERRORS } from "./target.js";
import { VAULT_ERRORS } from "./vault.js";

/** Every error that the program can name, by area. */
export const ERRORS = { ...CONFIG_ERRORS, ...ENGINE_ERRORS, ...GRAPH_ERRORS, ...IDENTITY_ERRORS, ...INSTANCE_ERRORS, ...ROUTE_ERRORS, ...SANDBOX_ERRORS, ...STATE_ERRORS, ...TARGET_ERRORS, ...VAULT_ERRORS };
export type ErrorCode = keyof typeof ERRORS;
