/** One logical line of iCalendar or vCard (RFC 5545 section 3.1, RFC 6350 section 3.3). */
export interface ContentLine {
  /** vCard group, without the dot. */
  readonly group: string | undefined;
  /** Upper case. */
  readonly name: string;
  /** Names upper case; values as written, quotes included. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** As written: escapes are kept. */
  readonly value: string;
}

/** Logical lines with their folds taken out; the empty end is left out. Line ends may be CRLF, LF or mixed. */
export function unfold(text: string): readonly string[] {
  return text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/).filter((line) => line !== "");
}

/** Folds at 75 octets without cutting a character; ends with CRLF. */
export function fold(line: string): string {
  let folded = "";
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 75) {
      folded += "\r\n ";
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return `${folded}\r\n`;
}

/** Undefined when the line has no name and value. Colons and semicolons inside quotes belong to the parameter. */
export function parseLine(line: string): ContentLine | undefined {
  const colon = outsideQuotes(line, ":");
  if (colon < 1) return undefined;
  const [head = "", ...rest] = splitOutsideQuotes(line.slice(0, colon), ";");
  const dot = head.indexOf(".");
  const params = rest.filter((param) => param !== "").map((param) => {
    const equals = param.indexOf("=");
    return equals < 0 ? ["TYPE", param] as const : [param.slice(0, equals).toUpperCase(), param.slice(equals + 1)] as const;
  });
  return { group: dot < 0 ? undefined : head.slice(0, dot), name: head.slice(dot + 1).toUpperCase(), params, value: line.slice(colon + 1) };
}

export function formatLine({ group, name, params, value }: ContentLine): string {
  return `${group === undefined ? "" : `${group}.`}${name}${params.map(([key, text]) => `;${key}=${text}`).join("")}:${value}`;
}

/** Values of a parameter, split at commas and without quotes. */
export function paramValues(line: ContentLine, name: string): readonly string[] {
  return line.params.filter(([key]) => key === name).flatMap(([, value]) => splitOutsideQuotes(value, ",")).map((value) => value.replace(/^"(.*)"$/, "$1"));
}

/** Value without its escapes of TEXT (RFC 5545 section 3.3.11). */
export function unescapeText(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, character: string) => (character === "n" || character === "N" ? "\n" : character));
}

export function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, (character) => `\\${character}`).replace(/\r?\n/g, "\\n");
}

/**
 * Edits logical lines and leaves every other byte of the text as it is: `edit` answers the new line, the same line, or undefined to take it out.
 */
export function editLines(text: string, edit: (line: string) => string | undefined): string {
  return text.replace(/[^\r\n][^\n]*(?:\n[ \t][^\n]*)*\n?/g, (physical) => {
    const logical = physical.replace(/\r?\n[ \t]/g, "").replace(/\r?\n$/, "");
    const edited = edit(logical);
    if (edited === logical) return physical;
    return edited === undefined ? "" : fold(edited);
  });
}

function outsideQuotes(text: string, wanted: string): number {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') quoted = !quoted;
    else if (!quoted && text[index] === wanted) return index;
  }
  return -1;
}

export function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const pieces: string[] = [];
  let [from, quoted] = [0, false];
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') quoted = !quoted;
    else if (!quoted && text[index] === separator) {
      pieces.push(text.slice(from, index));
      from = index + 1;
    }
  }
  return [...pieces, text.slice(from)];
}
