import type { Measured } from './measured-shape.ts';
import type { TransportLoad } from './transport-load.ts';

/** How busy a process should be at most, so that there is room for a storm of reconnects. */
const busyAtMost = 0.5;
/** One may fail, or be replaced. */
export const leastOfAll = 2;

/** Processes that a load takes: one for each core. */
export function processesFor({ cores, connections }: TransportLoad, { heldByOneProcess }: Measured): number {
  return Math.max(Math.ceil(cores / busyAtMost), Math.ceil(connections / heldByOneProcess), leastOfAll);
}
