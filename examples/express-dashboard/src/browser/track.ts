import type { Position } from '@rt/protocol';
import type { Sample } from './sample.ts';

/** What is drawn, row by row; the charts hold these arrays. A row without a position breaks the lines. */
export class Track {
  /** In seconds, as uPlot wants them. */
  readonly times: number[] = [];
  readonly positions: (Position | null)[] = [];
  readonly samples: (Sample | null)[] = [];
  readonly #spanSeconds: number;
  #broken = false;

  constructor(spanSeconds: number) {
    this.#spanSeconds = spanSeconds;
  }

  /** The next point does not join the last one. */
  break(): void {
    this.#broken = this.times.length > 0;
  }

  append(position: Position, sample: Sample): void {
    const before = this.times.at(-1) ?? -Infinity;
    const last = this.positions.at(-1);
    // A server's clock may go back; a chart's time may not.
    const time = Math.max(before, sample.atMs / 1000);
    if (this.#broken || (last && !follows(last, position))) this.#push((before + time) / 2, null, null);
    this.#broken = false;
    this.#push(time, position, sample);
    this.#trim(time - this.#spanSeconds);
  }

  /** The row itself, or the one before it where the row is a break. */
  sampleAt(row: number): Sample | null {
    return this.samples[row] ?? this.samples[row - 1] ?? null;
  }

  #push(time: number, position: Position | null, sample: Sample | null): void {
    this.times.push(time);
    this.positions.push(position);
    this.samples.push(sample);
  }

  #trim(fromTime: number): void {
    let drop = this.times.findIndex((time) => time >= fromTime);
    if (this.positions[drop] === null) drop += 1;
    for (const column of [this.times, this.positions, this.samples]) column.splice(0, drop);
  }
}

function follows(last: Position, next: Position): boolean {
  return last.epoch === next.epoch && next.offset === last.offset + 1;
}

/** What can be said about the points that are drawn; offsets and counts are those of the newest log. */
export interface TrackFacts {
  readonly first: Position | null;
  readonly last: Position | null;
  readonly count: number;
  readonly missing: number;
  /** Points that an earlier life of the log has left on the charts. */
  readonly earlier: number;
}

export function factsOf(positions: readonly (Position | null)[]): TrackFacts {
  let first: Position | null = null;
  let last: Position | null = null;
  let count = 0;
  let missing = 0;
  let earlier = 0;
  for (const position of positions) {
    if (position === null) continue;
    if (last !== null && (last.epoch !== position.epoch || position.offset <= last.offset)) {
      earlier += count;
      first = last = null;
      count = missing = 0;
    }
    if (last !== null) missing += position.offset - last.offset - 1;
    first ??= position;
    last = position;
    count += 1;
  }
  return { first, last, count, missing, earlier };
}
