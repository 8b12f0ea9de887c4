import type { Broker, BrokerSink, Entry, Keep, Start } from '@rt/core';

/** The runner's `test`, whatever it is. */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** How the suite gets at a kind of broker. */
export interface BrokerRig {
  /** A fresh and empty broker; the suite opens and closes it. */
  create(): Broker;
  /** Lets this time pass for the broker. */
  pass(ms: number): Promise<void>;
}

/** A broker, with what its sink has been given. */
export interface Opened {
  readonly broker: Broker;
  readonly seen: readonly (readonly [channel: string, entry: Entry])[];
  readonly passed: readonly (readonly [channel: string, payload: string, key: string | null])[];
  /** Lets this time pass for the broker. */
  pass(ms: number): Promise<void>;
}

/** Declares a case: what is promised, and how that is shown. */
export type Cell = (name: string, run: (opened: Opened) => Promise<void>) => void;

export const keep: Keep = { count: 5, forMs: 60_000 };
export const all: Start = { type: 'start' };

/** Runs a case on a broker of its own. */
export async function onBroker(rig: BrokerRig, run: (opened: Opened) => Promise<void>): Promise<void> {
  const broker = rig.create();
  const seen: (readonly [string, Entry])[] = [];
  const passed: (readonly [string, string, string | null])[] = [];
  const sink: BrokerSink = {
    appended: (channel, entry) => seen.push([channel, entry]),
    passed: (...passing) => passed.push(passing),
    replaced: () => {},
  };
  await broker.open(sink);
  try {
    await run({ broker, seen, passed, pass: (ms) => rig.pass(ms) });
  } finally {
    await broker.close();
  }
}
