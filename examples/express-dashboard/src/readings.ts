import type { CpuInfo } from 'node:os';

/** Time that all cores together have spent since the machine started. */
export interface CpuTime {
  readonly busyMs: number;
  readonly totalMs: number;
}

export function addCpuTimes(cores: readonly Pick<CpuInfo, 'times'>[]): CpuTime {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cores) {
    const working = times.user + times.nice + times.sys + times.irq;
    busyMs += working;
    totalMs += working + times.idle;
  }
  return { busyMs, totalMs };
}

/** 0 to 1 in steps of 0.001, or null when the clock ticks of the system are too coarse to tell. */
export function busyShare(before: CpuTime, after: CpuTime): number | null {
  const totalMs = after.totalMs - before.totalMs;
  if (totalMs <= 0) return null;
  const share = (after.busyMs - before.busyMs) / totalMs;
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}

/** Bytes that went through the interfaces since each of them came up. */
export interface NetworkTraffic {
  readonly inBytes: number;
  readonly outBytes: number;
}

/** Interfaces that only repeat what another one carries: a byte to a container would count three times. */
const repeating = /^(?:bond|br-|cali|cni|docker|flannel|ifb|lxc|veth|virbr)/;

/**
 * Sums the text of /proc/net/dev. Loopback counts too, and on both sides, since this machine is both ends of it:
 * a page opened on the machine itself shows its own stream as in and out.
 */
export function addNetworkTraffic(procNetDev: string): NetworkTraffic {
  let inBytes = 0;
  let outBytes = 0;
  for (const line of procNetDev.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === -1 || repeating.test(line.slice(0, colon).trim())) continue;
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    inBytes += Number(columns[0] ?? 0);
    outBytes += Number(columns[8] ?? 0);
  }
  return { inBytes, outBytes };
}

/** An interface that went away takes its count along: the rate of that moment is 0, not negative. */
export function perSecond(before: number, after: number, elapsedMs: number): number | null {
  return elapsedMs > 0 ? Math.round((Math.max(0, after - before) * 1000) / elapsedMs) : null;
}
