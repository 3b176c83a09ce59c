import type { Command } from "commander";
import type { Lang } from "../core/errors.js";
import { loadConfig, type LoadedConfig } from "../config/load.js";
import type { ExodusConfig } from "../config/schema.js";
import { createGovernor } from "../engine/governor.js";
import { governorLimits, type TenantSize } from "../graph/pace/limits.js";
import type { PoolGovernor } from "../core/governor.js";
import { StopSwitch } from "../engine/stop.js";
import { EXIT, exitCodeOf, type ExitCode } from "./exit-codes.js";
import { Output } from "./output.js";
import { onReaderGone } from "./reader-gone.js";

/** Options that every command takes. */
export interface CommonOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly lang?: Lang;
  readonly quiet?: boolean;
  readonly logLevel: string;
}

/** What a command works with. `loaded` reads the configuration once, at its first call. */
export interface Frame {
  readonly output: Output;
  readonly stop: StopSwitch;
  readonly governor: PoolGovernor;
  loaded(): Promise<LoadedConfig>;
}

/** What the option or the configuration asks for, else French when the terminal speaks French. */
export function chooseLang(option: Lang | undefined, environment: NodeJS.ProcessEnv = process.env): Lang {
  if (option !== undefined) return option;
  const locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? "";
  return locale.toLowerCase().startsWith("fr") ? "fr" : "en";
}

/** What Microsoft's limits depend on. */
export function tenantSize(source: ExodusConfig["source"] | undefined): TenantSize {
  return { licences: source?.licences ?? 1, scale: source?.throttleScale ?? 1, unpaced: source?.pace === "none", delegated: source?.deviceCode === true };
}

/** Runs one command's body with signals, output and exit code looked after. The body answers its own exit code. */
export async function framed(command: Command, body: (frame: Frame) => Promise<ExitCode>): Promise<void> {
  const options = command.optsWithGlobals<CommonOptions>();
  if (options.logLevel !== undefined) process.env["EXODUS_LOG_LEVEL"] = options.logLevel;
  const stop = new StopSwitch();
  let config: Promise<LoadedConfig> | undefined;
  const loaded = (): Promise<LoadedConfig> => (config ??= loadConfig(options.config));
  // A configuration that cannot be read speaks the terminal's language; the command itself reports why.
  const configured = await loaded().then(({ config }) => config, () => undefined);
  const output = new Output({ json: options.json === true, quiet: options.quiet === true, lang: chooseLang(options.lang ?? configured?.lang) });
  const limits = governorLimits(tenantSize(configured?.source));
  const onSignal = (signal: NodeJS.Signals): void => {
    output.line(output.text.stopping);
    stop.request(signal === "SIGTERM" ? "terminate" : "interrupt");
  };
  // The work comes to its end in order, as after Ctrl-C. Kept after the command: what it wrote may fail late.
  onReaderGone(() => {
    if (!stop.soft.aborted) stop.request("interrupt");
  });
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    process.exitCode = await body({ output, stop, governor: createGovernor({ limits }), loaded });
  } catch (thrown) {
    output.error(thrown);
    process.exitCode = exitCodeOf(thrown);
  } finally {
    stop.settle();
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** Exit code of a run that was stopped on purpose. */
export function stoppedCode(stop: StopSwitch): ExitCode {
  return stop.reason === "interrupt" ? EXIT.interrupted : EXIT.stopped;
}
