/** How fast the usual time follows what is seen: at once towards quick answers, slowly towards slow ones. */
const FALL = 1 / 2;
const RISE = 1 / 16;

/** How long the answers of one kind of request usually take. */
export class UsualTime {
  #ms: number | undefined;

  /** Milliseconds by which an answer after `tookMs` is later than usual. */
  late(tookMs: number): number {
    const usual = this.#ms ?? tookMs;
    this.#ms = usual + (tookMs - usual) * (tookMs < usual ? FALL : RISE);
    return Math.max(0, tookMs - usual);
  }
}
