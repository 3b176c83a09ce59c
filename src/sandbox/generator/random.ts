/** Numbers from 0 up to 1, the same for the same seed on every machine. */
export type Random = () => number;

/** mulberry32: small and fast. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

export function oneOf<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[below(random, list.length)] ?? list[0];
}

/** Spread around a median on a logarithmic scale: half of all lie within a factor of about 1.7, few beyond 5. */
export function sizeAround(random: Random, median: number): number {
  return Math.max(1, Math.floor(median * Math.exp((random() + random() + random() - 1.5) * 1.6)));
}
