import { once } from "node:events";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { CLOUD_NAMES, type Cloud } from "../../sandbox/clouds/edition.js";
import { generateTenant } from "../../sandbox/generate.js";
import { startSandbox, type ThrottleMode } from "../../sandbox/server.js";
import { EXIT } from "../exit-codes.js";
import { framed } from "../frame.js";
import { bundledTenant } from "../tenant.js";

interface ServeOptions {
  readonly tenant?: string;
  readonly port?: number;
  readonly latency?: number;
  readonly throttle: ThrottleMode;
  readonly throttleScale?: number;
  readonly faults?: string;
  readonly pageMost?: number;
  readonly cloud: Cloud;
  readonly lacks?: readonly string[];
  readonly log?: string;
}

interface GenerateOptions {
  readonly users: number;
  readonly messages: number;
  readonly files: number;
  readonly teams: number;
  readonly seed: number;
  readonly out: string;
  readonly medianBytes?: number;
  readonly bigFileBytes?: number;
}

export function sandboxCommand(): Command {
  const sandbox = new Command("sandbox")
    .description("serve a tenant folder as Microsoft sign-in and Graph on this machine (https, loopback)")
    .option("--tenant <dir>", "tenant folder; default: the small public body that comes with the program")
    .option("--port <n>", "port; default: a free one", whole)
    .option("--latency <ms>", "delay of every answer", whole)
    .addOption(new Option("--throttle <mode>", "enforce the published limits (strict: Outlook's four requests at once for all mailboxes together)").choices(["documented", "strict", "none"]).default("none"))
    .option("--throttle-scale <factor>", "shorten the windows of the limits, and what they allow, by this factor (0 to 1; none below a second): 0.01 makes 100 requests in 6 seconds of 10,000 in 10 minutes", share)
    .option("--faults <file>", "JSON list of faults to inject")
    .option("--page-most <n>", "give pages of so many rows at most where a client only prefers a size", whole)
    .addOption(new Option("--cloud <cloud>", "serve what that cloud has").choices(CLOUD_NAMES).default("global"))
    .option("--lacks <type.property...>", "serve without these too, for example message.categories")
    .option("--log <file>", "write one JSON line per request")
    .addHelpText("after", "\nExamples:\n  o365-exodus sandbox --tenant ./tenant      prints one JSON line when ready\n  o365-exodus sandbox generate --users 100 --messages 500 --files 50 --seed 1 --out ./tenant")
    .action(async (options: ServeOptions, command: Command) => framed(command, async ({ stop }) => {
      const { tenant, latency, faults, log, ...rest } = options;
      const server = await startSandbox({
        tenantDir: path.resolve(tenant ?? bundledTenant()), throttle: rest.throttle, cloud: rest.cloud, lacks: rest.lacks ?? [],
        ...(rest.port === undefined ? {} : { port: rest.port }),
        ...(rest.throttleScale === undefined ? {} : { throttleScale: rest.throttleScale }),
        ...(latency === undefined ? {} : { latencyMs: latency }),
        ...(rest.pageMost === undefined ? {} : { pageMost: rest.pageMost }),
        ...(faults === undefined ? {} : { faultsFile: path.resolve(faults) }),
        ...(log === undefined ? {} : { logFile: path.resolve(log) }),
      });
      process.stdout.write(`${JSON.stringify(server.ready)}\n`);
      const alive = setInterval(() => undefined, 60_000);
      if (!stop.soft.aborted) await once(stop.soft, "abort");
      clearInterval(alive);
      await server.close();
      return EXIT.complete;
    }));
  sandbox.addCommand(generateCommand());
  return sandbox;
}

function generateCommand(): Command {
  return new Command("generate")
    .description("write a tenant folder of any size, the same one for the same seed")
    .requiredOption("--out <dir>", "folder to write")
    .option("--users <n>", "people", whole, 10)
    .option("--messages <n>", "messages a person", whole, 100)
    .option("--files <n>", "files a person", whole, 20)
    .option("--teams <n>", "teams, each with its group's conversations, plan, list, pages and library; with any, everybody has chats, tasks, a notebook and settings too", whole, 0)
    .option("--seed <n>", "seed", whole, 1)
    .option("--median-bytes <n>", "median size of a message", whole)
    .option("--big-file-bytes <n>", "one large file of this size in the first drive", whole)
    .action(async (options: GenerateOptions, command: Command) => framed(command, async ({ output }) => {
      const { out, medianBytes, bigFileBytes, ...size } = options;
      const dir = path.resolve(out);
      await generateTenant({
        dir, ...size, ...(medianBytes === undefined ? {} : { medianBytes }), ...(bigFileBytes === undefined ? {} : { bigFileBytes }),
      });
      output.line(output.text.written(dir));
      output.record({ type: "written", file: dir });
      return EXIT.complete;
    }));
}

function share(text: string): number {
  const factor = Number(text);
  if (!(factor > 0 && factor <= 1)) throw new InvalidArgumentError("A number above 0, up to 1.");
  return factor;
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("A whole number.");
  return Number(text);
}
