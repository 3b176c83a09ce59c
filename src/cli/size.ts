import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 };

/** "700MB", "4GiB" or "2.5 GB" in bytes. */
export function parseSize(text: string): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([KMGT]?i?B)$/i.exec(text) ?? [];
  const size = Math.floor(Number(amount) * (UNITS[unit.toUpperCase()] ?? 0));
  if (!(size >= 1)) throw new InvalidArgumentError("Example: 700MB, 4GiB, 2.5GB.");
  return size;
}
