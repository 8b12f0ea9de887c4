import type { Measured } from './measured-shape.ts';
import { polls } from './polls.ts';
import { streams } from './streams.ts';

export const measured: Measured = { ...streams, ...polls };
