import type { Gap } from '@rt/client';
import { RtError } from '@rt/client';
import type { RoomClient } from './proxies-ground.ts';

type Kind = 'publish' | 'send' | 'history';

interface Command {
  readonly kind: Kind;
  readonly give: () => Promise<unknown>;
}

export interface Failure {
  readonly kind: Kind;
  readonly code: string;
}

export interface TalkResult {
  /** What was published, and is stored. */
  readonly said: readonly string[];
  readonly failures: readonly Failure[];
}

/** A client that reads a room from its start, and gives commands there, many at once. */
export interface Talk {
  readonly done: Promise<TalkResult>;
  /** What it has heard so far, in order. */
  readonly heard: readonly string[];
  readonly gaps: readonly Gap[];
  readonly answered: () => number;
  /** How often it has got a session. */
  readonly openings: () => number;
}

/** As many of its commands are under way at once. */
const atOnce = 20;

export function talk(
  client: RoomClient,
  { name, commands }: { readonly name: string; readonly commands: number },
): Talk {
  const room = client.channel('room:all', { from: 'start' });
  const heard: string[] = [];
  const gaps: Gap[] = [];
  const said: string[] = [];
  const failures: Failure[] = [];
  let answered = 0;
  let openings = 0;
  client.subscribe(() => void (client.status.state === 'open' && (openings += 1)));
  room.on('said', (text) => void heard.push(text));
  room.onGap((gap) => void gaps.push(gap));

  const queue = Array.from({ length: Math.ceil(commands / 3) }, (_, n): readonly Command[] => [
    {
      kind: 'publish',
      async give() {
        await room.publish('said', `${name} ${n}`);
        said.push(`${name} ${n}`);
      },
    },
    {
      kind: 'send',
      async give() {
        const answer = await room.send('ping', n);
        if (answer !== n) throw new Error(`asked ${n}, and was answered ${String(answer)}`);
      },
    },
    { kind: 'history', give: () => room.history({ last: 1 }) },
  ]).flat();

  async function giveSome(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        await next.give();
      } catch (error) {
        failures.push({ kind: next.kind, code: error instanceof RtError ? error.code : String(error) });
      }
      answered += 1;
    }
  }

  const done = Promise.all(Array.from({ length: atOnce }, giveSome)).then(() => ({ said, failures }));
  return { done, heard, gaps, answered: () => answered, openings: () => openings };
}
