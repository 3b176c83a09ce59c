import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** "90s", "40m", "8h" or "1h30m" in milliseconds. */
export function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?[smh])+$/.test(text)) throw new InvalidArgumentError("Example: 90s, 40m, 8h, 1h30m.");
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smh])/g)) total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return total;
}

/** Milliseconds for people: "2 h 05 min", "3 min 20 s", "12 s". */
export function clockText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s` : `${seconds} s`;
}

/** Bytes for people, binary units. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ""}`;
}
