import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** What a process has measured of itself since it was asked the last time. */
export interface Measures {
  readonly cpuMs: number;
  readonly longestStallMs: number;
  readonly p99StallMs: number;
  /** The longest pause of the garbage collector, which is one of the stalls. */
  readonly longestGcMs: number;
  readonly rssMb: number;
}

const resolutionMs = 1;

/** Answers each message of the parent with what was measured since the last, and ends with it. */
export function answerWithMeasures(): void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let cpu = process.cpuUsage();
  let longestGcMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestGcMs = Math.max(longestGcMs, duration);
  }).observe({ entryTypes: ['gc'] });
  process.on('message', () => {
    const used = process.cpuUsage(cpu);
    const measures: Measures = {
      cpuMs: (used.user + used.system) / 1000,
      longestStallMs: delay.max / 1e6 - resolutionMs,
      p99StallMs: delay.percentile(99) / 1e6 - resolutionMs,
      longestGcMs,
      rssMb: process.memoryUsage.rss() / 1_048_576,
    };
    process.send?.(measures);
    // What came before is not what is measured next, nor is clearing it away.
    globalThis.gc?.();
    setTimeout(() => {
      delay.reset();
      longestGcMs = 0;
      cpu = process.cpuUsage();
    }, 100);
  });
  process.once('disconnect', () => process.exit());
}
