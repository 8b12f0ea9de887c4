import {
  bytesPerSecond,
  compact,
  gibibyte,
  gibibytes,
  milliseconds,
  percent,
  plain,
  type Quantity,
} from './quantity.ts';
import type { Sample } from './sample.ts';

/** A figure of the page, named as `data-figure` in its HTML. */
export interface Figure {
  readonly name: string;
  value(sample: Sample): number | null;
  quantity(value: number): Quantity;
}

/** A figure with a line in the chart. */
export interface Line extends Figure {
  /** Where the line goes when that is not the figure itself. */
  height?(sample: Sample): number;
}

export interface Panel {
  readonly name: string;
  /** The first is drawn in the accent colour and filled, the second dashed. */
  readonly lines: readonly Line[];
  /** Figures that are only told. */
  readonly told: readonly Figure[];
  /** The upper end of the y axis; lines of the grid stand at its quarters. */
  top(highest: number, sample: Sample | null): number;
  axis(value: number): string;
}

export const panels: readonly Panel[] = [
  {
    name: 'cpu',
    lines: [
      { name: 'cpu-busy', value: (sample) => sample.cpuBusy, quantity: percent },
      {
        name: 'load',
        value: (sample) => sample.load1,
        quantity: plain,
        // One task for each core is as high as 100 % of the cores.
        height: (sample) => sample.load1 / sample.cores,
      },
    ],
    told: [],
    top: (highest) => (highest <= 1 ? 1 : roundUp(highest)),
    axis: (value) => `${Math.round(value * 100)} %`,
  },
  {
    name: 'memory',
    lines: [{ name: 'memory-used', value: (sample) => sample.memoryUsedBytes, quantity: gibibytes }],
    told: [{ name: 'memory-total', value: (sample) => sample.memoryTotalBytes, quantity: gibibytes }],
    top: (highest, sample) => roundUpBytes(sample?.memoryTotalBytes ?? Math.max(highest, 4 * gibibyte)),
    axis: (value) => compact(gibibytes(value)),
  },
  {
    name: 'loop',
    lines: [{ name: 'loop-delay', value: (sample) => sample.loopDelayMs, quantity: milliseconds }],
    told: [],
    top: (highest) => Math.max(2, roundUp(highest * 1.1)),
    axis: (value) => compact(milliseconds(value)),
  },
  {
    name: 'network',
    lines: [
      { name: 'network-in', value: (sample) => sample.networkInBytesPerSecond, quantity: bytesPerSecond },
      { name: 'network-out', value: (sample) => sample.networkOutBytesPerSecond, quantity: bytesPerSecond },
    ],
    told: [],
    top: (highest) => Math.max(2000, roundUp(highest * 1.1)),
    axis: (value) => compact(bytesPerSecond(value)),
  },
];

/** A number whose quarter is plain too, in steps wide enough that an axis does not change all the time. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 3, 4, 6, 8].find((candidate) => candidate * power >= value) ?? 10;
  return step * power;
}

/** The same for memory, which comes in powers of two: 23.5 GiB is 24, 62.7 is 64. */
function roundUpBytes(bytes: number): number {
  const step = 2 ** Math.floor(Math.log2(bytes)) / 4;
  return Math.ceil(bytes / step) * step;
}
