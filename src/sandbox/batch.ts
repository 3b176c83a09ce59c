import { z } from "zod";
import { GraphRefusal, titled, type Answer } from "./answers.js";
import type { GraphRequest } from "./odata.js";

/** Requests in a batch (concepts/json-batching, "Batch size limitations"). */
const MOST = 20;
/** Requests of a batch that Outlook runs at once, whatever their mailboxes (concepts/throttling-limits, "Outlook service limits for JSON batching"). */
const OUTLOOK_AT_ONCE = 4;

const Part = z.object({
  id: z.string().min(1), method: z.string().min(1), url: z.string().min(1),
  headers: z.record(z.string(), z.string()).default({}), dependsOn: z.array(z.string()).default([]), body: z.unknown().optional(),
});
const Batch = z.object({ requests: z.array(Part) });
type Part = z.output<typeof Part>;

/** One answer in a batch: JSON bodies as they are, all others as base64. */
interface PartAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface BatchContext {
  /** Root of this server, without version. */
  readonly root: string;
  /** True for requests that Outlook answers. */
  isOutlook(path: string): boolean;
  /** Answers one request as if it had come alone; never throws. */
  answer(request: GraphRequest): Promise<Answer>;
}

/**
 * `POST /v1.0/$batch` (concepts/json-batching): each request is answered by itself, in any order, the batch with 200 whatever became of them.
 * A request that depends on one that failed is answered with 424.
 * @throws GraphRefusal 400 for a batch that cannot be read, with more than 20 requests, or with an id that is there twice.
 */
export async function batchAnswer(text: string, context: BatchContext): Promise<Answer> {
  const parts = partsOf(text);
  const outlook = new Lanes(OUTLOOK_AT_ONCE);
  const done = new Map<string, Promise<PartAnswer>>();
  for (const part of parts) {
    const before = part.dependsOn.map((id) => done.get(id.toLowerCase()));
    if (before.includes(undefined)) throw malformed(`The request ${part.id} depends on one that does not come before it.`);
    done.set(part.id.toLowerCase(), answered(part, before as Promise<PartAnswer>[], outlook, context));
  }
  return { json: { responses: await Promise.all(done.values()) } };
}

function partsOf(text: string): readonly Part[] {
  let parts: readonly Part[];
  try {
    parts = Batch.parse(JSON.parse(text)).requests;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw malformed("Invalid batch payload format.");
  }
  if (parts.length === 0) throw malformed("Invalid batch payload format.");
  if (parts.length > MOST) throw new GraphRefusal(400, "MaximumValueExceeded", `Number of batch request steps exceeds the maximum value of ${MOST}.`);
  const seen = new Set<string>();
  for (const { id } of parts) {
    // Ids are not case-sensitive.
    if (seen.has(id.toLowerCase())) throw malformed(`Request Id ${id} has to be unique in a batch.`);
    seen.add(id.toLowerCase());
  }
  return parts;
}

async function answered(part: Part, before: readonly Promise<PartAnswer>[], outlook: Lanes, context: BatchContext): Promise<PartAnswer> {
  const failed = (await Promise.all(before)).some(({ status }) => status >= 400);
  if (failed) return shown(part.id, { status: 424, json: { error: { code: "FailedDependency", message: "A request that this one depends on failed." } } });
  const url = new URL(`${context.root}/v1.0/${part.url.replace(/^\//, "")}`);
  const headers = Object.fromEntries(Object.entries(part.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const one = async (): Promise<PartAnswer> => shown(part.id, await context.answer({ method: part.method.toUpperCase(), url, headers }));
  return context.isOutlook(url.pathname) ? outlook.run(one) : one();
}

async function shown(id: string, answer: Answer): Promise<PartAnswer> {
  const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).map(([name, value]) => [titled(name), value]));
  if ("json" in answer) return { id, status: answer.status ?? 200, headers: { ...headers, "Content-Type": "application/json" }, body: answer.json };
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.stream ?? []) chunks.push(chunk);
  return { id, status: answer.status, headers, ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString("base64") }) };
}

function malformed(message: string): GraphRefusal {
  return new GraphRefusal(400, "BadRequest", message);
}

/** Runs up to `width` things at once, the others in the order in which they came. */
class Lanes {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
