import { entries } from "./entry.js";

export const SANDBOX_ERRORS = entries({});
