import type { TransportName } from '@rt/client';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Arrival } from './arrival.ts';
import { clientAssets } from './client-assets.ts';
import type { CreateRunner, Opening, Runner } from './runner.ts';
import { Run } from './runner.ts';
import type { Place, ScriptedHttp } from './scripted-http.ts';
import { scriptedHttp } from './scripted-http.ts';

/** The first frame of all cases, with characters of all lengths. */
export const hello = `${JSON.stringify({ type: 'connect', id: 1, token: 'grün 日本 👩‍🚀' })}\n`;

/** Text that is cut at each of its bytes. */
export const manyBytes = `${JSON.stringify({ type: 'x', data: 'aß€👩‍🚀\\r\\n' })}\n`;

/** A transport that is being tried, with the first request that it makes. */
export interface Attempt {
  readonly run: Run;
  readonly place: Place;
  readonly first: Arrival;
}

/** A session that is open: `say` puts lines on its way. */
export interface Open extends Attempt {
  say(lines: string): Promise<void>;
  /** Breaks what carries its frames. */
  cut(): void;
}

export interface Ground {
  /** Opens a pipe to a URL of its own, or to another one. */
  start(transport: TransportName, more?: Partial<Opening>): Promise<{ readonly run: Run; readonly place: Place }>;
  /** As `start`, up to its first request. */
  attempt(transport: TransportName, more?: Partial<Opening>): Promise<Attempt>;
  /** As `attempt`, up to the `connected` that it is told, which names it `s1`. */
  open(transport: TransportName, more?: Partial<Opening>): Promise<Open>;
  /** Whatever is on its way between the runtime and the server arrives. */
  turn(): Promise<void>;
}

export const connected = `${JSON.stringify({ type: 'connected', id: 1, session: 's1' })}\n`;

/** Frames that differ. */
export function frames(count: number, from = 1): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${JSON.stringify({ type: 'ping', id: from + n })}\n`);
}

/** What an event stream says of lines. */
export function eventOf(lines: string): string {
  return `data: ${lines.slice(0, -1).replaceAll('\n', '\ndata: ')}\n\n`;
}

/** A URL at which nobody listens, any more. */
export async function nowhere(): Promise<string> {
  const server = await scriptedHttp();
  await server.close();
  return `${server.origin}/rt`;
}

/** Whatever the cases of a suite need, for the `describe` in which it is called. */
export function ground(createRunner: CreateRunner): Ground {
  let server: ScriptedHttp;
  let runner: Runner;
  const runs: Run[] = [];
  const places: Place[] = [];

  beforeAll(async () => {
    server = await scriptedHttp(clientAssets);
    runner = await createRunner(server.origin);
    runner.listen((pipe, told) => runs[pipe]?.take(told));
  }, 60_000);

  afterEach(async () => {
    const live = places.splice(0);
    for (const place of live) place.close();
    for (const run of runs) await run.close(false);
    await turn();
    const faults = runs.splice(0).map((run) => [run.faults(), run.count('ended')]);
    expect(faults).toEqual(faults.map(() => [[], 1]));
  });

  afterAll(async () => {
    await runner.close();
    await server.close();
  });

  // Twice: what the first one finds under way may itself lead to something.
  const turn = async (): Promise<void> => {
    for (let times = 0; times < 2; times += 1) await runner.pipes.turn(`${server.origin}/.turn`);
  };
  const start: Ground['start'] = async (transport, more = {}) => {
    const place = server.place();
    const run = new Run(runs.length, runner.pipes);
    places.push(place);
    runs.push(run);
    const opening: Opening = {
      transport,
      url: place.url,
      hello,
      headers: {},
      speed: 1,
      webSocket: 'real',
      closes: 'later',
      ...more,
    };
    await runner.pipes.open(runs.length - 1, opening);
    return { run, place };
  };
  const attempt: Ground['attempt'] = async (transport, more) => {
    const { run, place } = await start(transport, more);
    return { run, place, first: await place.next() };
  };
  const open: Ground['open'] = async (transport, more) => {
    const { run, place, first } = await attempt(transport, more);
    const opened = { run, place, first };
    if (transport === 'websocket') {
      first.accept();
      first.message(connected);
      await run.untilLines(1);
      return { ...opened, say: async (lines) => first.message(lines), cut: () => first.cut() };
    }
    if (transport === 'sse') {
      first.stream();
      first.chunk(eventOf(connected));
      await run.untilLines(1);
      return { ...opened, say: async (lines) => first.chunk(eventOf(lines)), cut: () => first.cut() };
    }
    let poll: Arrival | null = null;
    const due = async (): Promise<Arrival> => (poll ??= await place.poll());
    first.answerLines(connected);
    await run.untilLines(1);
    return {
      ...opened,
      async say(lines) {
        (await due()).answerLines(lines);
        poll = null;
      },
      cut: () => void due().then((arrival) => arrival.cut()),
    };
  };
  return {
    start,
    attempt,
    open,
    turn,
  };
}
