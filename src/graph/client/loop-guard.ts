/** Pages in a row with the same rows that are taken for a loop. Fewer are none: a delta may tell a row again, even alone on its page. */
const SAME_PAGES = 5;

/**
 * Tells when links lead in a circle, of any length and in constant memory (Brent's cycle detection): a link is kept, and replaced by the present one after 1, 2, 4,
 * 8 … pages. Links may also be new each time and give the same rows for ever (OneDrive/onedrive-api-docs#1424): so many equal pages in a row are a circle too.
 */
export function loopGuard(first: string): (nextLink: string, rows: readonly unknown[]) => boolean {
  let kept = first;
  let [steps, power, same] = [0, 1, 1];
  let last = "";
  return (nextLink, rows) => {
    const shown = rows.length === 0 ? "" : `${rows.length} ${JSON.stringify([rows[0], rows.at(-1)])}`;
    same = shown !== "" && shown === last ? same + 1 : 1;
    last = shown;
    if (nextLink === kept || same >= SAME_PAGES) return true;
    steps += 1;
    if (steps === power) [kept, steps, power] = [nextLink, 0, power * 2];
    return false;
  };
}
