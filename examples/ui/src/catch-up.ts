/**
 * Tells what was missed from what is live after a reconnect, and counts it: missed is what the server published before
 * the stream was open again. Server time is compared with this browser's through the shortest way seen, so a wrong
 * clock does not matter.
 */
export class CatchUp {
  #shortestLagMs = Infinity;
  #openedAtMs = -Infinity;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** What time it is on the server, as well as can be known here. */
  serverNowMs(nowMs: number): number {
    return Number.isFinite(this.#shortestLagMs) ? nowMs - this.#shortestLagMs : nowMs;
  }

  reopened(nowMs: number): void {
    this.#openedAtMs = nowMs;
    this.#count = 0;
  }

  /** What the server's clock was at, as it has just said. */
  serverSays(atMs: number, nowMs: number): void {
    this.#shortestLagMs = Math.min(this.#shortestLagMs, nowMs - atMs);
  }

  /** Whether the publication was a missed one. */
  received(atMs: number, nowMs: number): boolean {
    const missed = atMs <= this.serverNowMs(this.#openedAtMs);
    if (missed) this.#count += 1;
    this.serverSays(atMs, nowMs);
    return missed;
  }
}
