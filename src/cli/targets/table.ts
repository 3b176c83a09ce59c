import type { Evidence } from "../../core/adapter.js";
import type { Lang } from "../../core/errors.js";
import { WORKLOADS } from "../../core/item.js";
import { TEXT } from "../text.js";
import type { Cell, TargetRow } from "./matrix.js";
import { WORDS } from "./words.js";

const LETTERS: Readonly<Record<Evidence, string>> = { live: "R", "own-server": "R", emulator: "E", documented: "D", package: "P", none: "–" };

/** One sign a cell: proof by letter, losses that the manifest calls partial by lower case. */
export function sign({ support, evidence }: Cell): string {
  return support === "partial" ? LETTERS[evidence].toLowerCase() : LETTERS[evidence];
}

/** The whole table for a terminal of 110 columns. */
export function terminalTable(rows: readonly TargetRow[]): readonly string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, fields: readonly string[]): string => `${name.padEnd(width)}  ${fields.map((field, index) => field.padEnd(WORKLOADS[index]?.length ?? 0)).join("  ")}`.trimEnd();
  return [line("", WORKLOADS), ...rows.map(({ name, cells }) => line(name, cells.map(sign)))];
}

/** The same in Markdown, for the READMEs; a platform's sign comes with the adapter that carries it. */
export function readmeTable(rows: readonly TargetRow[], lang: Lang): string {
  const cell = (row: TargetRow, one: Cell): string => (one.route === undefined || one.route === row.name || one.evidence === "package" ? sign(one) : `${sign(one)} \`${one.route}\``);
  return [
    `| ${[WORDS[lang].columns.target, ...WORKLOADS.map((workload) => TEXT[lang].workloads[workload])].join(" | ")} |`,
    `| ${["target", ...WORKLOADS].map(() => "---").join(" | ")} |`,
    ...rows.map((row) => `| ${[`[${row.name}](${row.page})`, ...row.cells.map((one) => cell(row, one))].join(" | ")} |`),
    "",
    WORDS[lang].legend.map((entry) => entry.replace(/^(\S) {2}(.*)$/, "**$1** $2")).join(lang === "fr" ? " ; " : "; ") + ".",
  ].join("\n");
}

/** Each target with a row for each kind of content that it takes or has something said of. */
export function targetsDocument(rows: readonly TargetRow[], lang: Lang): string {
  const { title, intro, columns, support, evidence, nothing } = WORDS[lang];
  const proof = (one: Cell): string => (one.support === "package" ? `[${evidence.package}](${lang === "fr" ? "handover.fr.md" : "handover.md"})` : evidence[one.evidence]);
  const losses = ({ losses: reasons }: Cell): string => (reasons.length === 0 ? nothing : reasons.map((reason) => `\`${reason}\``).join(", "));
  const chapter = ({ name, title: called, page, kind, cells }: TargetRow): string => [
    `## ${called}`,
    "",
    `[${name}](${kind === "adapter" ? `../${page}` : page.replace("docs/", "")})`,
    "",
    `| ${[columns.content, columns.support, columns.route, columns.evidence, columns.losses, columns.note, columns.source].join(" | ")} |`,
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...cells.map((cell) => `| ${[TEXT[lang].workloads[cell.workload], support[cell.support], cell.route === undefined ? nothing : `\`${cell.route}\``, proof(cell), losses(cell), cell.note?.[lang] ?? nothing, cell.cite].join(" | ")} |`),
  ].join("\n");
  return [`# ${title}`, intro, ...rows.map(chapter)].join("\n\n") + "\n";
}
