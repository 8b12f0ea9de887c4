import type { Sample } from '../channels.ts';

export type { Sample };

const numbers = ['atMs', 'cores', 'load1', 'memoryUsedBytes', 'memoryTotalBytes'] satisfies (keyof Sample)[];
const numbersOrNull = [
  'cpuBusy',
  'loopDelayMs',
  'networkInBytesPerSecond',
  'networkOutBytesPerSecond',
] satisfies (keyof Sample)[];

/** The server has checked it against the channel's definition; this guards against a page older than the server. */
export function isSample(data: unknown): data is Sample {
  if (typeof data !== 'object' || data === null) return false;
  const fields = data as Partial<Record<keyof Sample, unknown>>;
  return (
    typeof fields.host === 'string' &&
    numbers.every((name) => typeof fields[name] === 'number') &&
    numbersOrNull.every((name) => fields[name] === null || typeof fields[name] === 'number')
  );
}
