const asked = process.env["EXODUS_ROUND_TRIPS"];

/** Cases of a property: the same thousand each time, so that no run fails by chance; others, and as many as told, with EXODUS_ROUND_TRIPS=60000. */
export const RUNS: { readonly numRuns: number; readonly seed?: number } = asked === undefined ? { numRuns: 1_000, seed: 20_261_126 } : { numRuns: Number(asked) };
