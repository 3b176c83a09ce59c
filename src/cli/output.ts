import { clearLine, cursorTo } from "node:readline";
import type { Lang } from "../core/errors.js";
import { asExodusError } from "../core/errors.js";
import { TEXT, type Text } from "./text.js";

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly lang: Lang;
}

/** The only door to the terminal: people's lines, or one JSON object per line on stdout with people's lines on stderr. */
export class Output {
  readonly text: Text;

  constructor(readonly options: OutputOptions) {
    this.text = TEXT[options.lang];
  }

  get lang(): Lang {
    return this.options.lang;
  }

  /** Bars and spinners only where somebody watches: a terminal that says it has no columns (a container's, before its size is told) has nobody, and lines to clear without end. */
  get live(): boolean {
    return process.stderr.isTTY === true && process.stderr.columns > 0 && !this.options.json && !this.options.quiet;
  }

  /** A sentence for people. */
  line(sentence = ""): void {
    if (this.options.quiet) return;
    (this.options.json ? process.stderr : process.stdout).write(`${sentence}\n`);
  }

  /** A sentence that somebody has to act upon at once: on stderr, even when quiet; in the place of a bar or spinner, which draws itself anew below. */
  notice(sentence: string): void {
    if (process.stderr.isTTY === true) {
      cursorTo(process.stderr, 0);
      clearLine(process.stderr, 0);
    }
    process.stderr.write(`${sentence}\n`);
  }

  /** One line for programs; silent without `--json`. The schema only grows. */
  record(row: Readonly<Record<string, unknown>>): void {
    if (this.options.json) process.stdout.write(`${JSON.stringify(row)}\n`);
  }

  /** What went wrong and what to do; printed even when quiet. */
  error(thrown: unknown): void {
    const error = asExodusError(thrown);
    const message = error.describe(this.lang);
    const remedy = error.remedy(this.lang);
    process.stderr.write(`${this.text.error} [${error.code}] ${message}\n${this.text.remedy} ${remedy}\n`);
    this.record({ type: "error", code: error.code, message, remedy });
    if (error.code === "INTERNAL" && process.env["EXODUS_LOG_LEVEL"] === "debug" && error.cause instanceof Error) process.stderr.write(`${error.cause.stack ?? ""}\n`);
  }
}
