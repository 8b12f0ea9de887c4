import { readFileSync } from 'node:fs';
import { cpus, freemem, hostname, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Sample } from './channels.ts';
import { addCpuTimes, addNetworkTraffic, busyShare, perSecond, type CpuTime, type NetworkTraffic } from './readings.ts';

export interface Figures {
  /** Reads the machine now; shares and rates are over the time since the call before. */
  sample(): Sample;
  stop(): void;
}

interface Reading {
  readonly tookMs: number;
  readonly cpu: CpuTime;
  readonly network: NetworkTraffic | null;
}

/** Node measures by a timer of this period, and counts the period in. */
const loopProbeMs = 10;

export function watchFigures(): Figures {
  const loop = monitorEventLoopDelay({ resolution: loopProbeMs });
  loop.enable();
  let before: Reading | undefined;

  return {
    sample() {
      const cores = cpus();
      const after: Reading = { tookMs: performance.now(), cpu: addCpuTimes(cores), network: readNetwork() };
      const sample: Sample = {
        atMs: Date.now(),
        host: hostname(),
        cores: cores.length,
        cpuBusy: before ? busyShare(before.cpu, after.cpu) : null,
        load1: loadavg()[0] ?? 0,
        memoryUsedBytes: totalmem() - freemem(),
        memoryTotalBytes: totalmem(),
        loopDelayMs: takeLoopDelay(loop),
        networkInBytesPerSecond: networkRate(before, after, 'inBytes'),
        networkOutBytesPerSecond: networkRate(before, after, 'outBytes'),
      };
      before = after;
      return sample;
    },
    stop() {
      loop.disable();
    },
  };
}

function takeLoopDelay(loop: ReturnType<typeof monitorEventLoopDelay>): number | null {
  if (loop.count === 0) return null;
  const delayMs = Math.max(0, loop.percentile(99) / 1e6 - loopProbeMs);
  loop.reset();
  return Math.round(delayMs * 1000) / 1000;
}

function readNetwork(): NetworkTraffic | null {
  if (process.platform !== 'linux') return null;
  try {
    return addNetworkTraffic(readFileSync('/proc/net/dev', 'utf8'));
  } catch {
    return null; // a container may hide /proc
  }
}

function networkRate(before: Reading | undefined, after: Reading, side: keyof NetworkTraffic): number | null {
  if (!before?.network || !after.network) return null;
  return perSecond(before.network[side], after.network[side], after.tookMs - before.tookMs);
}
