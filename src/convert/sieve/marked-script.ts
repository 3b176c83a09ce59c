import { createHash } from "node:crypto";
import { z } from "zod";
import { stringList } from "./script-text.js";

const MARK = "# o365-exodus: ";
const END = `${MARK}end`;
const WORDS = [
  "# Règles et réponse automatique reprises de Microsoft 365 ; ce qui est entre les marques est réécrit par la passe suivante.",
  "# Rules and automatic reply brought from Microsoft 365; what stands between the marks is written anew by the next pass.",
];

const Head = z.object({ v: z.literal(1), activated: z.boolean() });
const Mark = z.object({ id: z.string(), in: z.string(), order: z.number().nullable(), redirects: z.number(), needs: z.array(z.string()), sha256: z.string() });

/** One item's piece of a script. */
export interface Section {
  readonly id: string;
  readonly container: string;
  /** Among the others, least first; what has none comes before all. */
  readonly order: number | null;
  readonly redirects: number;
  readonly needs: readonly string[];
  readonly text: string;
  /** Of the text as it was put; the text's own when absent. */
  readonly sha256?: string;
}

/** A section as it was read; `edited`: somebody changed it since it was written. */
export interface ReadSection extends Section {
  readonly edited: boolean;
}

/** A script that holds its own ledger: what stands for which item. */
export interface MarkedScript {
  /** The server was told once to run it; whether it still does is the owner's choice. */
  readonly activated: boolean;
  readonly sections: readonly ReadSection[];
  /** What somebody else wrote before and behind the sections: it stays. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Extensions that the head requires, while somebody else's words are in the script: they may use any of them. */
  readonly needs: readonly string[];
}

export const EMPTY_SCRIPT: MarkedScript = { activated: false, sections: [], before: [], after: [], needs: [] };

/** Undefined: no script of ours, whatever its name. */
export function readMarked(script: string): MarkedScript | undefined {
  const lines = script.split(/\r?\n/);
  const head = lines.findIndex((line) => line.startsWith(`${MARK}head `));
  const told = head === -1 ? undefined : parsed(Head, lines[head]?.slice(`${MARK}head `.length));
  const sections: ReadSection[] = [];
  const [before, after, needed]: [string[], string[], string[]] = [[], [], []];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const mark = line.startsWith(`${MARK}item `) ? parsed(Mark, line.slice(`${MARK}item `.length)) : undefined;
    if (mark === undefined && at !== head) {
      (sections.length === 0 ? before : after).push(line);
      continue;
    }
    const end = lines.indexOf(END, at);
    if (end === -1) return undefined;
    if (mark !== undefined) {
      const text = lines.slice(at + 1, end).join("\r\n");
      const { id, in: container, order, redirects, needs, sha256 } = mark;
      sections.push({ id, container, order, redirects, needs, text, sha256, edited: hash(text) !== sha256 });
    } else needed.push(...required(lines.slice(at + 1, end)));
    at = end;
  }
  if (told === undefined) return undefined;
  const around = { before: trimmed(before), after: trimmed(after) };
  const shared = around.before.length + around.after.length > 0 || sections.some(({ edited }) => edited);
  return { activated: told.activated, sections, ...around, needs: shared ? needed : [] };
}

/** RFC 5228 with CRLF: what all sections require at the top (section 3.2), then the sections in their order. */
export function writeMarked({ activated, sections, before, after, needs: others }: Omit<MarkedScript, "sections"> & { readonly sections: readonly Section[] }): string {
  const ordered = [...sections].sort((a, b) => (a.order ?? Number.NEGATIVE_INFINITY) - (b.order ?? Number.NEGATIVE_INFINITY) || (a.id < b.id ? -1 : 1));
  const needs = [...new Set([...others, ...ordered.flatMap((section) => section.needs)])].sort();
  const blocks = ordered.map(({ id, container, order, redirects, needs: own, text, sha256 }) => {
    const mark: z.infer<typeof Mark> = { id, in: container, order, redirects, needs: [...own], sha256: sha256 ?? hash(text) };
    return [`${MARK}item ${JSON.stringify(mark)}`, text, END, ""];
  });
  const head: z.infer<typeof Head> = { v: 1, activated };
  return [
    `${MARK}head ${JSON.stringify(head)}`, ...WORDS, ...(needs.length === 0 ? [] : [`require ${stringList(needs)};`]), END, "",
    ...(before.length === 0 ? [] : [...before, ""]), ...blocks.flat(), ...after, ...(after.length === 0 ? [] : [""]),
  ].join("\r\n");
}

/** What the `require` commands among these lines name (RFC 5228 section 3.2). */
function required(lines: readonly string[]): readonly string[] {
  const text = lines.filter((line) => !line.startsWith("#")).join("\n");
  return [...text.matchAll(/\brequire\s*(\[[^\]]*\]|"[^"]*")\s*;/gi)].flatMap(([, names = ""]) => [...names.matchAll(/"([^"]*)"/g)].map(([, name = ""]) => name));
}

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    // A mark that somebody broke is a comment.
    return undefined;
  }
}

function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== "");
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
