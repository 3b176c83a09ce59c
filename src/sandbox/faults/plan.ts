import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ExodusError } from "../../core/errors.js";

/** One change of a good JSON answer. */
const Edit = z.strictObject({
  /** JSON Pointer (RFC 6901) into the answer; a part `*` stands for every element of an array or value of an object. */
  at: z.string().regex(/^(?:\/[^/]*)+$/),
  /** What to put there, also where nothing was; without it, the property or element is taken away. */
  value: z.unknown().optional(),
});
export type Edit = z.output<typeof Edit>;

/**
 * What a fault does. Instead of an answer: `answer` (a status with an error in Graph's form), `html` (a proxy's page). To the connection: `reset` (broken
 * without an answer), `truncate` (the whole length announced, half of it sent), `close` (answered, then closed while the client thinks it kept).
 * To a good answer: `patch` (edits), `empty-page` (a page without rows before this one), `repeat-link` (the next link is this page's own), `loop` (the next link
 * is the page at which this fault first looked), `twice` (each row two times). `delay` only waits.
 */
const ACTIONS = ["answer", "html", "reset", "truncate", "close", "patch", "empty-page", "repeat-link", "loop", "twice", "delay"] as const;

/** One planned fault, as the fault file has it. */
const Fault = z.strictObject({
  /** Regular expression on "METHOD /path?query", as sent, also of each request in a batch. */
  match: z.string().refine(isPattern, "is no regular expression"),
  /** Regular expression on the good answer: the fault strikes only where the answer would tell this, as a corrupt item strikes each list that names it. */
  tells: z.string().refine(isPattern, "is no regular expression").optional(),
  /** For people: what this fault is. */
  name: z.string().optional(),
  /** Strikes from the n-th match on (1 = the first). */
  nth: z.int().positive().default(1),
  /** How many times; "always" = every match from then on. */
  times: z.union([z.int().positive(), z.literal("always")]).default(1),
  /** Of the matches that are due, every n-th only. */
  every: z.int().positive().default(1),
  /** Without it: "answer" where there is a status, "patch" where there are edits, else "delay". */
  action: z.enum(ACTIONS).optional(),
  status: z.int().min(100).max(599).optional(),
  /** `error.code` of the body. */
  code: z.string().optional(),
  /** Seconds of a Retry-After header, as a date with `retryAfterDate`. Without it the answer has none. */
  retryAfter: z.number().nonnegative().optional(),
  retryAfterDate: z.boolean().default(false),
  headers: z.record(z.string(), z.string()).default({}),
  /** JSON, or text that is sent as it stands; instead of the error that `code` makes. */
  body: z.unknown().optional(),
  edits: z.array(Edit).min(1).optional(),
  delayMs: z.int().nonnegative().default(0),
}).refine((fault) => (fault.action === "patch") <= (fault.edits !== undefined), "patch needs edits");
export type Fault = z.input<typeof Fault>;

/** A fault that strikes. */
export interface Strike extends z.output<typeof Fault> {
  readonly action: (typeof ACTIONS)[number];
  /** Path and query of the first request that matched. */
  readonly first: string;
}

interface Planned {
  readonly fault: z.output<typeof Fault>;
  readonly pattern: RegExp;
  seen: number;
  first: string;
}

/** The faults of a file, so that a reader's reaction to each row of the error table can be shown. */
export class FaultPlan {
  readonly #planned: readonly Planned[];

  constructor(faults: readonly Fault[]) {
    this.#planned = z.array(Fault).parse(faults).map((fault) => ({ fault, pattern: new RegExp(fault.match), seen: 0, first: "" }));
  }

  /** @throws ExodusError SANDBOX_FAILED when the file is no list of faults. */
  static async load(file: string | undefined): Promise<FaultPlan> {
    if (file === undefined) return new FaultPlan([]);
    try {
      return new FaultPlan(JSON.parse(await readFile(file, "utf8")) as Fault[]);
    } catch (cause) {
      throw new ExodusError("SANDBOX_FAILED", { params: { tenant: file, reason: cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause) }, cause });
    }
  }

  /** Every fault counts its own matches; the first that is due strikes. */
  due(method: string, { pathname, search }: URL): Strike | undefined {
    let due: Strike | undefined;
    for (const planned of this.#planned) {
      if (!planned.pattern.test(`${method} ${pathname}${search}`)) continue;
      planned.seen += 1;
      if (planned.seen === 1) planned.first = `${pathname}${search}`;
      const { nth, times, every } = planned.fault;
      const since = planned.seen - nth;
      if (since < 0 || since % every !== 0 || (times !== "always" && since / every >= times)) continue;
      due ??= { ...planned.fault, action: actionOf(planned.fault), first: planned.first };
    }
    return due;
  }
}

function actionOf({ action, status, code, edits }: z.output<typeof Fault>): Strike["action"] {
  if (action !== undefined) return action;
  if (edits !== undefined) return "patch";
  return status === undefined && code === undefined ? "delay" : "answer";
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}
