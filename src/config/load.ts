import { readFile } from "node:fs/promises";
import path from "node:path";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { z } from "zod";
import { ExodusError } from "../core/errors.js";
import { IdentityMap, readIdentities } from "./identities.js";
import { ExodusConfig } from "./schema.js";

export interface LoadedConfig {
  readonly config: ExodusConfig;
  /** Absolute path of the file; relative paths in it start at its folder. */
  readonly file: string;
  readonly baseDir: string;
}

/**
 * Reads and validates `exodus.yaml`.
 * @throws ExodusError CONFIG_MISSING, CONFIG_SYNTAX or CONFIG_INVALID, naming file, line and field.
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const absolute = path.resolve(file);
  let text: string;
  try {
    text = await readFile(absolute, "utf8");
  } catch (cause) {
    throw new ExodusError("CONFIG_MISSING", { params: { file: absolute }, cause });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    throw new ExodusError("CONFIG_SYNTAX", { params: { file: absolute, line: lines.linePos(syntax.pos[0]).line, reason: syntax.message } });
  }
  const parsed = ExodusConfig.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw invalid(absolute, document, lines, parsed.error.issues);
  return { config: parsed.data, file: absolute, baseDir: path.dirname(absolute) };
}

/** The source that a command needs which reads the tenant. @throws ExodusError CONFIG_SOURCE. */
export function sourceOf({ config, file }: LoadedConfig): NonNullable<ExodusConfig["source"]> {
  if (config.source === undefined) throw new ExodusError("CONFIG_SOURCE", { params: { file } });
  return config.source;
}

/** The identity map that the configuration names; one without a line where it names none. @throws ExodusError CONFIG_IDENTITIES. */
export async function identitiesOf({ config, baseDir }: LoadedConfig): Promise<IdentityMap> {
  return config.identities === undefined ? new IdentityMap() : readIdentities(path.resolve(baseDir, config.identities));
}

/** Names the first problem with its line, and how many more there are. Also used for the options of a target's adapter. */
export function invalid(file: string, document: Document, lines: LineCounter, issues: readonly z.core.$ZodIssue[]): ExodusError {
  const described = issues.map((issue) => describe(document, lines, issue));
  const first = described[0] ?? { line: 1, field: "", reason: "?" };
  const more = described.slice(1).map(({ line, field, reason }) => `; ${line}: ${field} ${reason}`).join("");
  return new ExodusError("CONFIG_INVALID", { params: { file, line: first.line, field: first.field, reason: `${first.reason}${more}` } });
}

function describe(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): { line: number; field: string; reason: string } {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const trail = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const where = unknown === undefined ? trail : [...trail, unknown];
  const offset = offsetOf(document, where);
  return { line: lines.linePos(offset).line, field: where.join(".") || "(top)", reason: issue.message };
}

/** Start of the deepest node on the way to the field; the key itself for an unknown one. */
function offsetOf(document: Document, trail: readonly (string | number)[]): number {
  let node = document.contents as Node | null;
  let offset = 0;
  for (const step of trail) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof step === "number") {
      node = (node.items[step] ?? null) as Node | null;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
