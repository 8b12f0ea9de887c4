import type { Broker, BrokerSink, Entry, Keep, Start } from '@rt/core';
import { within } from '../deadline.ts';

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
  /** Resolves when the sink has been given what was appended before. */
  arrived(): Promise<void>;
}

/** Declares a case: what is promised, and how that is shown. */
export type Cell = (name: string, run: (opened: Opened) => Promise<void>) => void;

export const keep: Keep = { count: 5, forMs: 60_000 };
export const all: Start = { type: 'start' };

/** A channel of the suite's own: what is passed there arrives behind all that was appended before. */
const marks = 'suite:marks';

/** Runs a case on a broker of its own. */
export async function onBroker(rig: BrokerRig, run: (opened: Opened) => Promise<void>): Promise<void> {
  const broker = rig.create();
  const seen: (readonly [string, Entry])[] = [];
  const passed: (readonly [string, string, string | null])[] = [];
  let marked = (): void => {};
  const sink: BrokerSink = {
    appended: (channel, entry) => seen.push([channel, entry]),
    passed: (...passing) => (passing[0] === marks ? marked() : passed.push(passing)),
    replaced: () => {},
    troubled: () => {},
  };
  await broker.open(sink);
  const arrived = async (): Promise<void> => {
    await broker.follow(marks, keep);
    const mark = new Promise<void>((resolve) => (marked = resolve));
    await broker.pass(marks, 'mark', null);
    await within('what was appended', mark);
  };
  try {
    await run({ broker, seen, passed, arrived, pass: (ms) => rig.pass(ms) });
  } finally {
    await broker.close();
  }
}
