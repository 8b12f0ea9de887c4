import type { Need } from './need.ts';

/** An input, in words. */
export interface Question {
  readonly key: keyof Need;
  readonly label: string;
  readonly unit: string;
  /** The step of its arrows. */
  readonly step: number;
}

export const questions: readonly Question[] = [
  { key: 'clients', label: 'Audience at a time', unit: 'clients', step: 100 },
  { key: 'channelsPerClient', label: 'Channels each of them reads', unit: 'channels', step: 1 },
  { key: 'channels', label: 'Channels in all', unit: 'channels', step: 1 },
  { key: 'perSecond', label: 'Messages to each channel', unit: 'a second', step: 0.1 },
  { key: 'payloadBytes', label: 'Data of a message', unit: 'bytes', step: 10 },
  { key: 'lateSeconds', label: 'May be seen late by', unit: 'seconds', step: 0.5 },
  { key: 'saysPerMinute', label: 'Each client says something', unit: 'times a minute', step: 1 },
  { key: 'hoursPerDay', label: 'That many are there for', unit: 'hours a day', step: 1 },
];
