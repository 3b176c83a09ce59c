import type { z } from "zod";
import type { Adapter, Manifest } from "../core/adapter.js";
import type { RateGovernor } from "../core/governor.js";

/** What the program gives to an adapter; an adapter opens no file and reads no environment by itself. */
export interface AdapterEnvironment {
  /** Name of the target in the configuration, used in governor keys and messages. */
  readonly target: string;
  /** Folder of the configuration file: relative paths start there. */
  readonly baseDir: string;
  /** PEM certificates to trust beside the system's (`tls.caFile`). */
  readonly ca: string | undefined;
  readonly governor: RateGovernor;
  readonly lang: "en" | "fr";
  /** Resolves an `env:NAME` or `file:PATH` reference; throws CONFIG_SECRET_MISSING naming it. */
  secret(reference: string): Promise<string>;
}

/** One folder under `adapters/`: plain data, a schema for its options, and a constructor. */
export interface AdapterModule<O> {
  readonly manifest: Manifest;
  readonly options: z.ZodType<O>;
  create(options: O, environment: AdapterEnvironment): Promise<Adapter>;
}

/** Ties options and constructor together by type; does nothing else. */
export function defineAdapter<O>(module: AdapterModule<O>): AdapterModule<O> {
  return module;
}
