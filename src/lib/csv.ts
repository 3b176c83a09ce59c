/** Makes spreadsheets read UTF-8. */
export const CSV_START = "\ufeff";

/**
 * One line of a CSV for French and other spreadsheets: `;`, every cell quoted, quotes doubled (RFC 4180 section 2), and no cell that a
 * spreadsheet would run as a formula (OWASP, "CSV Injection": a leading = + - @, tab or line break, or their full-width forms).
 */
export function csvLine(cells: readonly (string | number)[]): string {
  const safe = cells.map((cell) => {
    const text = String(cell).toWellFormed().replaceAll("\u0000", "\ufffd");
    return `"${(typeof cell === "string" && /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  });
  return `${safe.join(";")}\r\n`;
}
