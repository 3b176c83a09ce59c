/** A text that others wrote, fit for one line of a terminal: controls, line ends and marks that turn the writing direction become spaces. */
export function shownText(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, " ");
}
