import type { Attributes } from '@opentelemetry/api';
import type { Measures } from '@rt/core';

/** A number with what it is of. No attribute ever names a channel, a user, a session or an address. */
export type Point = readonly [value: number, attributes?: Attributes];

/** An instrument that is read when somebody collects. */
export interface Observed {
  readonly name: string;
  /** What only rises, what adds up over nodes, or what does not. */
  readonly kind: 'counter' | 'sum' | 'gauge';
  readonly unit: string;
  readonly description: string;
  readonly read: (measures: Measures) => readonly Point[];
}

/** All of them. Names and units stay. */
export const observed: readonly Observed[] = [
  {
    name: 'rt.connections.open',
    kind: 'sum',
    unit: '{connection}',
    description: 'Open connections.',
    read: ({ connections }) => by('rt.transport', connections),
  },
  {
    name: 'rt.connections.draining',
    kind: 'sum',
    unit: '{connection}',
    description: 'Connections that are left while the hub closes.',
    read: ({ draining }) => [[draining]],
  },
  {
    name: 'rt.connections.waiting',
    kind: 'sum',
    unit: 'By',
    description: 'Bytes that were written to connections and that their peers have not taken.',
    read: ({ waitingBytes }) => [[waitingBytes]],
  },
  {
    name: 'rt.subscriptions.open',
    kind: 'sum',
    unit: '{subscription}',
    description: 'Channels that connections read.',
    read: ({ subscriptions }) => [[subscriptions]],
  },
  {
    name: 'rt.subscriptions.behind',
    kind: 'sum',
    unit: '{subscription}',
    description: 'Subscriptions that have not been given everything because their peers are slow.',
    read: ({ behind }) => [[behind]],
  },
  {
    name: 'rt.publications.made',
    kind: 'counter',
    unit: '{publication}',
    description: 'Publications that were made on this node.',
    read: ({ published }) => by('rt.kind', published),
  },
  {
    name: 'rt.publications.delivered',
    kind: 'counter',
    unit: '{publication}',
    description: 'Publications that were handed to connections.',
    read: ({ delivered }) => [[delivered]],
  },
  {
    name: 'rt.recoveries',
    kind: 'counter',
    unit: '{recovery}',
    description: 'Readers who came with a position, by how that went.',
    read: ({ recoveries: { recovered, ...gaps } }) => [
      [recovered, { 'rt.result': 'recovered' }],
      ...by('rt.reason', gaps).map(([value, reason]): Point => [value, { 'rt.result': 'gap', ...reason }]),
    ],
  },
  {
    name: 'rt.gaps',
    kind: 'counter',
    unit: '{gap}',
    description: 'Gaps that subscribers were told.',
    read: ({ gaps }) => by('rt.reason', gaps),
  },
  {
    name: 'rt.errors',
    kind: 'counter',
    unit: '{error}',
    description: 'Errors that the observer was told.',
    read: ({ errors }) => by('rt.stage', errors),
  },
  {
    name: 'rt.ready',
    kind: 'gauge',
    unit: '1',
    description: '1 if this node should be given new connections, else 0.',
    read: ({ ready }) => [[ready ? 1 : 0]],
  },
  {
    name: 'rt.broker.repairs',
    kind: 'counter',
    unit: '{repair}',
    description: 'Times that missed publications of a channel were read from the log of record.',
    read: ({ broker }) => (broker === null ? [] : [[broker.repairs]]),
  },
  {
    name: 'rt.broker.replaced',
    kind: 'counter',
    unit: '{log}',
    description: 'Logs of channels that were replaced, because they did not lead on.',
    read: ({ broker }) => (broker === null ? [] : [[broker.replaced]]),
  },
  {
    name: 'rt.broker.probe.age',
    kind: 'gauge',
    unit: 's',
    description: 'Time since this node has heard what it has said to itself.',
    read: ({ broker }) => {
      const ms = broker?.probeAgeMs ?? null;
      return ms === null ? [] : [[ms / 1000]];
    },
  },
];

function by(attribute: string, counts: Readonly<Record<string, number>>): readonly Point[] {
  return Object.entries(counts).map(([name, count]) => [count, { [attribute]: name }]);
}
