import { entries } from "./entry.js";

export const TARGET_ERRORS = entries({});
