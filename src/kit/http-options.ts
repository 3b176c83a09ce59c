import { z } from "zod";
import type { HttpAccess } from "../drivers/http/client.js";
import type { AdapterEnvironment } from "./define.js";

/** Of every adapter that speaks HTTP: spread into its options schema. */
export const httpOptions = {
  /** Seconds that the server may say nothing for: to a request that it has to the last byte, and within an answer. What is large may take longer. */
  timeout: z.number().min(1).max(3_600).default(120),
};

export interface HttpOptions {
  readonly timeout: number;
}

/** Whom an adapter's client speaks to, and how long it waits. */
export function httpAccess({ timeout }: HttpOptions, { target, ca, governor }: AdapterEnvironment, account: string): HttpAccess {
  return { target, account, ca, governor, timeoutMs: timeout * 1_000 };
}
