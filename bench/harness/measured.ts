import type { Sample, Seen } from './traffic.ts';

/** What was measured of one contestant under one load in one round, by the name of the number. */
export interface Measured {
  readonly scenario: string;
  readonly load: string;
  readonly contestant: string;
  readonly round: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** Takes down what was measured with one load. */
export type Note = (load: string, numbers: Readonly<Record<string, number>>, problems?: readonly string[]) => void;

/** From one quiet moment to the next. */
export interface Window {
  readonly before: Sample;
  readonly after: Sample;
  readonly seen: Seen;
  readonly published: number;
  readonly publishedS: number;
}

/** What a load has cost, for each message that clients have got. */
export function costs({ before, after, seen, published, publishedS }: Window): Record<string, number> {
  const per = (amount: number): number => amount / Math.max(1, seen.messages);
  const userUs = after.userUs - before.userUs;
  const systemUs = after.systemUs - before.systemUs;
  const numbers: Record<string, number> = {
    cpuUs: per(userUs + systemUs),
    userUs: per(userUs),
    systemUs: per(systemUs),
    perSecond: seen.messages / (seen.elapsedUs / 1e6),
    published,
    publishedPerSecond: published / publishedS,
    messages: seen.messages,
    bytesPerMessage: per(seen.bytes),
    messagesPerRead: seen.messages / Math.max(1, seen.reads),
    incomplete: seen.incomplete,
    lost: seen.lost,
    serverShare: (userUs + systemUs) / (after.atUs - before.atUs),
    loadShare: seen.cpuUs / seen.elapsedUs,
  };
  seen.latency.forEach(({ p50Ms, p99Ms, maxMs }, index) => {
    const which = index === 0 ? '' : String(index);
    Object.assign(numbers, { [`p50Ms${which}`]: p50Ms, [`p99Ms${which}`]: p99Ms, [`maxMs${which}`]: maxMs });
  });
  return numbers;
}
