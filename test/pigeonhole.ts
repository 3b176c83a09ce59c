import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What Pigeonhole 0.5.19 (Debian 12) offers by default and with the two that it keeps switched off. */
export const PIGEONHOLE = new Set([
  "fileinto", "mailbox", "copy", "imap4flags", "body", "envelope", "relational", "comparator-i;ascii-numeric", "date", "mime", "vacation", "editheader", "special-use",
]);

const EXTENSIONS = "+editheader +special-use";

/** What a script does with a message. */
export interface Done {
  readonly folders: readonly string[];
  readonly flags: readonly string[];
  readonly redirects: readonly string[];
  readonly kept: boolean;
  readonly discarded: boolean;
  readonly vacation: boolean;
  readonly text: string;
}

export interface Pigeonhole {
  /** Compiles all in one go. @throws Error with the compiler's words when one is refused. */
  compile(scripts: readonly string[]): void;
  /** Runs a script on a message without delivering anything. */
  run(script: string, message: string, sender?: string): Done;
  close(): void;
}

/**
 * Dovecot's Sieve implementation by its command-line tools. Undefined when it is not installed, which is told; @throws Error for that under `CI=true`.
 */
export function usePigeonhole(): Pigeonhole | undefined {
  if (spawnSync("sievec", ["-x", ""], { encoding: "utf8" }).error !== undefined) {
    const reason = "sievec is not installed (run: fixtures/servers/dovecot install)";
    if (process.env["CI"] === "true") throw new Error(reason);
    process.stderr.write(`skipped: ${reason}\n`);
    return undefined;
  }
  const dir = mkdtempSync(path.join(tmpdir(), "exodus-sieve-"));
  // sieve-test gives up root's privileges.
  chmodSync(dir, 0o777);
  const config = path.join(dir, "dovecot.conf");
  writeFileSync(config, `mail_uid = nobody\nmail_gid = nogroup\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nmail_home = ${dir}\nmail_location = maildir:${dir}/mail\nlog_path = /dev/stderr\nssl = no\n`);
  let serial = 0;
  const compile = (scripts: readonly string[]): void => {
    const folder = path.join(dir, `compile-${serial++}`);
    mkdirSync(folder);
    for (const [at, script] of scripts.entries()) writeFileSync(path.join(folder, `${at}.sieve`), script);
    const { status, stderr } = spawnSync("sievec", ["-c", config, "-x", EXTENSIONS, folder], { encoding: "utf8", maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`sievec (exit ${String(status)}): ${stderr.slice(0, 2000)}\n${scripts[Number(/^(\d+): line/m.exec(stderr)?.[1] ?? 0)] ?? ""}`);
  };
  const run = (script: string, message: string, sender = "someone@elsewhere.example"): Done => {
    const [scriptFile, messageFile] = [path.join(dir, `${serial++}.sieve`), path.join(dir, `${serial++}.eml`)];
    writeFileSync(scriptFile, script);
    writeFileSync(messageFile, message.replace(/\r?\n/g, "\r\n"));
    const { status, stdout, stderr } = spawnSync("sieve-test", ["-c", config, "-x", EXTENSIONS, "-C", "-f", sender, "-a", "me@mairie.example", scriptFile, messageFile], { encoding: "utf8" });
    if (status !== 0) throw new Error(`sieve-test (exit ${String(status)}): ${stderr}\n${script}`);
    return doneOf(stdout);
  };
  return { compile, run, close: () => rmSync(dir, { recursive: true, force: true }) };
}

function doneOf(text: string): Done {
  const [actions = ""] = text.split("\nImplicit keep:");
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, value = ""]) => value);
  return {
    folders: all(/^ \* store message in folder: (.*)$/gm), redirects: all(/^ \* redirect message to: <?([^>\n]*)>?$/gm),
    flags: all(/^\s+\+ add IMAP flags: (.*)$/gm).flatMap((flags) => flags.split(" ")), vacation: actions.includes("send vacation message"), discarded: actions.includes("* discard"),
    kept: /store message in folder: INBOX$/im.test(text), text,
  };
}
