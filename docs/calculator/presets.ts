import type { Need } from './need.ts';

/** Needs that many have. */
export const presets: readonly (readonly [string, Need])[] = [
  [
    'Dashboard',
    {
      clients: 500,
      channels: 5,
      channelsPerClient: 2,
      perSecond: 1,
      payloadBytes: 400,
      lateSeconds: 0,
      saysPerMinute: 0,
      hoursPerDay: 10,
    },
  ],
  [
    'Chat',
    {
      clients: 2000,
      channels: 200,
      channelsPerClient: 3,
      perSecond: 0.2,
      payloadBytes: 200,
      lateSeconds: 0,
      saysPerMinute: 2,
      hoursPerDay: 12,
    },
  ],
  [
    'Live prices',
    {
      clients: 5000,
      channels: 50,
      channelsPerClient: 5,
      perSecond: 10,
      payloadBytes: 80,
      lateSeconds: 0.25,
      saysPerMinute: 0,
      hoursPerDay: 9,
    },
  ],
  [
    'Notices',
    {
      clients: 20_000,
      channels: 20_000,
      channelsPerClient: 1,
      perSecond: 0.001,
      payloadBytes: 300,
      lateSeconds: 60,
      saysPerMinute: 0,
      hoursPerDay: 12,
    },
  ],
  [
    'Whiteboard',
    {
      clients: 1000,
      channels: 200,
      channelsPerClient: 1,
      perSecond: 20,
      payloadBytes: 60,
      lateSeconds: 0,
      saysPerMinute: 600,
      hoursPerDay: 8,
    },
  ],
];
