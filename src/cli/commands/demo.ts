import { spawn } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { stringify } from "yaml";
import { ExodusError } from "../../core/errors.js";
import { loadConfig } from "../../config/load.js";
import type { Ready } from "../../sandbox/server.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { framed, type Frame } from "../frame.js";
import { bundledTenant } from "../tenant.js";
import { runAudit } from "./audit.js";
import { doctor } from "./doctor.js";
import { run } from "./migrate.js";
import { verify } from "./verify.js";

interface DemoOptions {
  readonly tenant?: string;
  readonly out: string;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description("the whole job on this machine, without account, server or network: a small public body leaves Microsoft 365 for an archive on disk")
    .option("--tenant <dir>", "another tenant folder; default: the small public body that comes with the program")
    .option("--out <dir>", "folder to work in", "demo")
    .addHelpText("after", "\nExamples:\n  o365-exodus demo\n  o365-exodus demo --tenant ./tenant --out ./essai --lang fr")
    .action(async (options: DemoOptions, command: Command) => framed(command, (frame) => demo(frame, options)));
}

async function demo(frame: Frame, options: DemoOptions): Promise<ExitCode> {
  const { output } = frame;
  const { step } = output.text;
  const out = path.resolve(options.out);
  await mkdir(out, { recursive: true });
  output.line(`▸ ${step.sandbox}`);
  const sandbox = await startChild(path.resolve(options.tenant ?? bundledTenant()));
  try {
    const file = path.join(out, "exodus.yaml");
    await writeFile(file, configOf(sandbox.ready, output.lang), { mode: 0o600 });
    // The sandbox's own goes with it; commands that need no source are to work on.
    await copyFile(sandbox.ready.caFile, path.join(out, "ca.pem"));
    await writeFile(path.join(out, "client-secret"), `${sandbox.ready.clientSecret}\n`, { mode: 0o600 });
    const inner: Frame = { ...frame, loaded: () => loadConfig(file) };
    let worst: ExitCode = EXIT.complete;
    const steps: readonly (readonly [string, () => Promise<ExitCode>])[] = [
      [step.doctor, () => doctor(inner)],
      [step.audit, () => runAudit(inner, {})],
      [step.migrate, () => run(inner, { name: "migrate", pull: true, push: true }, { pass: "full" })],
      [step.delta, () => run(inner, { name: "migrate", pull: true, push: true }, { pass: "delta" })],
      [step.verify, () => verify(inner, {})],
    ];
    for (const [title, work] of steps) {
      output.line(`\n▸ ${title}`);
      const code = await work();
      if (worst === EXIT.complete) worst = code;
      if (frame.stop.soft.aborted) return code;
    }
    output.line(`\n▸ ${step.report}`);
    output.line(output.text.report(path.join(out, "report", "report.html")));
    output.line(output.text.archive(path.join(out, "archive", "index.html")));
    output.line(output.text.afterDemo(path.relative(process.cwd(), file)));
    output.record({ type: "demo", report: path.join(out, "report", "report.html"), archive: path.join(out, "archive"), exitCode: worst });
    return worst;
  } finally {
    sandbox.stop();
  }
}

/** The sandbox in a process of its own, as `o365-exodus sandbox` runs it. */
async function startChild(tenant: string): Promise<{ ready: Ready; stop(): void }> {
  const program = fileURLToPath(new URL("../../../../bin/o365-exodus.js", import.meta.url));
  const child = spawn(process.execPath, [program, "sandbox", "--tenant", tenant], { stdio: ["ignore", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk) => { complaints += String(chunk); });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as Ready;
    return { ready, stop: () => void child.kill("SIGTERM") };
  }
  throw new ExodusError("SANDBOX_FAILED", { params: { tenant, reason: complaints.trim().slice(0, 500) } });
}

/** The secret of this run's sandbox is worth nothing elsewhere, and still named by reference, as every secret is. */
function configOf(ready: Ready, lang: "fr" | "en"): string {
  return stringify({
    version: 1,
    source: { cloud: "global", tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:client-secret", graph: ready.graph, authority: ready.authority, pace: "none" },
    tls: { caFile: "ca.pem" },
    vault: "./vault", report: "./report", owners: "all", groups: "all",
    targets: { archive: { adapter: "archive", path: "./archive" } },
    routes: [{ workload: "all", to: "archive" }],
    lang,
  });
}
