import { describe, expect, it } from "@jest/globals";
import { bytesText, parseDuration } from "../../../src/cli/duration.js";
import { EXIT, exitCodeOf, exitCodeOfCode } from "../../../src/cli/exit-codes.js";
import { chooseLang } from "../../../src/cli/frame.js";
import { TEXT } from "../../../src/cli/text.js";
import { ERRORS, type ErrorCode } from "../../../src/core/errors/catalog.js";
import { ExodusError } from "../../../src/core/errors.js";

describe("exit codes", () => {
  it.each([
    ["CONFIG_INVALID", 10], ["OWNER_UNKNOWN", 10], ["VAULT_MISSING", 10], ["VAULT_LOCKED", 11], ["VAULT_VERSION", 12], ["STATE_VERSION", 12], ["AUTH_SECRET", 13],
    ["GRAPH_CONSENT", 13], ["GRAPH_TOKEN", 13], ["TARGET_QUOTA_FULL", 14], ["TARGET_UNREACHABLE", 14], ["DISK_FULL", 15], ["INTERRUPTED", 130], ["INTERNAL", 1],
    // One account without a mailbox, one locked site: the others are complete.
    ["GRAPH_NO_MAILBOX", 3], ["GRAPH_LOCKED", 3], ["GRAPH_PASSING", 3],
  ])("%s among others is %i", (code, exit) => expect(exitCodeOfCode(code)).toBe(exit));

  it("a source that fails as a whole is never called complete", () => {
    expect(exitCodeOf(new ExodusError("GRAPH_CONNECTION"))).toBe(EXIT.configuration);
    for (const code of Object.keys(ERRORS) as ErrorCode[]) expect([EXIT.complete, EXIT.partial]).not.toContain(exitCodeOf(new ExodusError(code)));
  });
});

describe("terminal", () => {
  it("reads durations and refuses nonsense", () => {
    expect(["90s", "40m", "8h", "1h30m", "0.5s"].map(parseDuration)).toEqual([90_000, 2_400_000, 28_800_000, 5_400_000, 500]);
    for (const text of ["", "40", "soon", "4 m", "-3s"]) expect(() => parseDuration(text)).toThrow(/Example/);
    expect([bytesText(0), bytesText(1023), bytesText(1536), bytesText(3 * 1024 ** 3)]).toEqual(["0 B", "1023 B", "1.5 KiB", "3.0 GiB"]);
  });

  it("speaks the language of the option, else of the terminal", () => {
    expect([chooseLang("en", { LANG: "fr_FR.UTF-8" }), chooseLang(undefined, { LANG: "fr_FR.UTF-8" }), chooseLang(undefined, { LC_ALL: "C", LANG: "fr_FR" }), chooseLang(undefined, {})]).toEqual(["en", "fr", "en", "en"]);
    expect(Object.keys(TEXT.fr)).toEqual(Object.keys(TEXT.en));
  });
});
