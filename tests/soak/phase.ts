import { within } from '@rt/testkit';
import { eventually } from '../support/eventually.ts';
import type { Book } from './book.ts';
import { board, bulk, cards, rooms } from './channels.ts';
import { ClientLife } from './client-life.ts';
import { checkAllTold } from './ending.ts';
import type { NodeProcess } from './node-process.ts';
import type { Ask } from './node-words.ts';
import { readerLife } from './reader-life.ts';
import { eventStream, rawSession } from './reader-wires.ts';
import type { Stage } from './stage.ts';
import { Attendance, pause, pick, Tally } from './stage.ts';
import type { Watch } from './watch.ts';

/** Who comes, each as often as it is here. */
const kinds: readonly ((stage: Stage, name: string, forMs: number) => Promise<void>)[] = [
  ...(['websocket', 'websocket', 'websocket', 'sse', 'sse', 'long-poll', 'long-poll', 'auto'] as const).map(
    (transport) => (stage: Stage, name: string, forMs: number) => {
      stage.did.count(`clients over ${transport === 'auto' ? 'whatever gets through' : transport}`);
      return ClientLife.live(stage, name, transport, forMs);
    },
  ),
  ...[
    { wire: eventStream, slow: false },
    { wire: eventStream, slow: true },
    { wire: rawSession, slow: false },
    { wire: rawSession, slow: true },
  ].map((kind) => (stage: Stage, name: string, forMs: number) => {
    stage.did.count(kind.slow ? 'readers that stop now and then' : 'readers in bytes');
    return readerLife(stage, name, kind, forMs);
  }),
];

/** A member whose connection broke is gone after the grace, one of a node that was killed after its lease of 20 s. */
const ghostAfterMs = 45_000;

/** What a node is to publish; once, and about no card, if nothing else is said. */
type Said = Pick<Publish, 'channel' | 'event'> & Partial<Pick<Publish, 'count' | 'fillBytes' | 'card'>>;
type Publish = Ask & { readonly type: 'publish' };

export interface PhaseOptions {
  /** Before the names of those who take part. */
  readonly name: string;
  readonly book: Book;
  readonly random: () => number;
  readonly nodes: readonly NodeProcess[];
  /** The last of the nodes, which is closed or killed now and then. */
  readonly guest: NodeProcess;
  /** How many take part at a time. */
  readonly lives: number;
  readonly forMs: number;
  /** Between two times that the guest goes. */
  readonly guestEveryMs: number;
}

/** Lets everybody come, go, talk and suffer for a while, and then all go. */
export class Phase {
  readonly did = new Tally();
  readonly attendance = new Attendance();
  readonly #options: PhaseOptions;
  readonly #over = new AbortController();
  readonly #resting: Watch[] = [];
  #rests = 0;
  #running = 0;
  #part: () => void = () => {};
  #parted = new Promise<void>((resolve) => (this.#part = resolve));
  #asks = 0;

  constructor(options: PhaseOptions) {
    this.#options = options;
  }

  async play(): Promise<void> {
    const { book, random, nodes, lives, forMs } = this.#options;
    const stage: Stage = {
      book,
      random,
      nodes,
      attendance: this.attendance,
      over: this.#over.signal,
      did: this.did,
      rest: async (watches) => {
        this.#rests += 1;
        this.#resting.push(...watches);
        await this.#parted;
        this.#rests -= 1;
      },
    };
    const places = Array.from({ length: lives }, (_, index) => this.#fill(stage, index));
    const work = [this.#publish(), this.#burst(), this.#visit()];
    await pause(forMs, this.#over.signal);
    this.#over.abort();
    await Promise.all(work);
    await eventually('everybody is quiet', () => this.#rests === this.#running, 240_000).catch((cause: unknown) =>
      book.note('lost', `${this.#running - this.#rests} did not come to rest: ${String(cause)}`),
    );
    await checkAllTold(stage, this.#resting);
    await this.#checkTogether();
    this.#part();
    await within('everybody to go', Promise.all(places), 60_000);
    await this.#clear();
    book.checkOrder();
  }

  /** One after the other in one place. */
  async #fill(stage: Stage, place: number): Promise<void> {
    const { name, book, random } = this.#options;
    await pause(random() * 2000, this.#over.signal);
    this.#running += 1;
    for (let n = 1; !this.#over.signal.aborted; n += 1) {
      const who = `${name}-${place}-${n}`;
      const forMs = 3000 + random() * random() * 60_000;
      const kind = n === 1 ? kinds[place % kinds.length] : pick(random, kinds);
      await kind?.(stage, who, forMs).catch((cause: unknown) => book.note('refused', `${who}: ${String(cause)}`));
    }
    this.#running -= 1;
  }

  /** What the app publishes by itself. */
  async #publish(): Promise<void> {
    const { random, nodes } = this.#options;
    while (!this.#over.signal.aborted) {
      await pause(100 + random() * 500, this.#over.signal);
      const kind = random();
      const node = pick(random, nodes);
      if (kind < 0.75) {
        await this.#say(node, { channel: pick(random, rooms), event: 'said', count: 1 + Math.floor(random() * 3) });
      } else if (kind < 0.9) await this.#say(node, { channel: pick(random, rooms), event: 'typing' });
      else {
        const event = random() < 0.2 ? 'removed' : 'moved';
        await this.#say(node, { channel: board, event, card: pick(random, cards) });
      }
    }
  }

  /** Much at once, so that readers that have stopped are behind. */
  async #burst(): Promise<void> {
    const { random, nodes } = this.#options;
    while (!this.#over.signal.aborted) {
      await pause(5000 + random() * 30_000, this.#over.signal);
      await this.#say(pick(random, nodes), { channel: bulk, event: 'said', count: 200, fillBytes: 24_000 });
    }
  }

  async #say(node: NodeProcess, said: Said): Promise<void> {
    if (!node.runs) return;
    const { channel, count = 1 } = said;
    const { name, book } = this.#options;
    const by = `${name}-${node.options.name}-${(this.#asks += 1)}`;
    this.did.count(`publications of nodes in ${channel.split(':')[0]}s`, count);
    const asked = { type: 'publish', by, fillBytes: 0, card: null, ...said, count } as const;
    const positions = await node.ask(asked).catch((cause: unknown) => {
      // A node that was killed meanwhile has stored some of it, or none.
      if (node.runs && node !== this.#options.guest) book.note('refused', `${by}: ${String(cause)}`);
      return [];
    });
    for (const [index, position] of positions.entries()) {
      if (position !== null) book.at(channel, position, `${by}#${index + 1}`, node.options.name);
    }
  }

  /** One node is closed or killed, and comes back. */
  async #visit(): Promise<void> {
    const { guest, guestEveryMs, random, book } = this.#options;
    // However short it is, and however long nodes take: both ways to go are tried.
    for (let n = 0; n < 2 || !this.#over.signal.aborted; n += 1) {
      await pause(guestEveryMs * (0.5 + random()), this.#over.signal);
      const signal = n % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
      this.did.count(n % 2 === 0 ? 'nodes closed' : 'nodes killed');
      await guest.stop(signal).catch((cause: unknown) => book.note('not back', String(cause)));
      await pause(random() * 3000, this.#over.signal);
      await guest.start();
    }
  }

  /** While all are there and quiet: each node says that these are there, and what is true. */
  async #checkTogether(): Promise<void> {
    const { book, nodes } = this.#options;
    const wanted = rooms.map((room) => this.#presentIn(room)).join('; ');
    for (const node of nodes) {
      let told = '';
      const same = async (): Promise<boolean> => {
        const members = await node.ask({ type: 'members', rooms });
        told = rooms.map((room) => (members[room] ?? []).toSorted().join(' ')).join('; ');
        return told === wanted;
      };
      await eventually('all who are there are members', same, ghostAfterMs).catch(() => {
        const kind = told.split(/[ ;]+/).length > wanted.split(/[ ;]+/).length ? 'ghost' : 'missing member';
        book.note(kind, `${node.options.name} says ${told}, and there are ${wanted}`);
      });
      const truth = inOrder(Object.entries(await node.ask({ type: 'board', channel: board })));
      for (const { kind, cards: seen, who } of this.#resting) {
        if (kind === 'log') continue;
        const view = inOrder([...seen]);
        if (view !== truth) book.note('lost', `${who} sees ${view}, and it is ${truth}`);
      }
    }
  }

  #presentIn(room: string): string {
    const there = [...this.attendance.present].filter(([, its]) => its === room).map(([user]) => user);
    return there.toSorted().join(' ');
  }

  /** Who is a member though they have gone longer ago than anything takes. */
  async checkGhosts(): Promise<void> {
    const { nodes, book } = this.#options;
    for (const node of nodes.filter(({ runs }) => runs)) {
      const longAgo = Date.now() - ghostAfterMs;
      const members = await node.ask({ type: 'members', rooms }).catch(() => ({}));
      for (const user of Object.values(members).flat()) {
        const goneMs = this.attendance.gone.get(user);
        if (goneMs !== undefined && goneMs < longAgo) book.note('ghost', `${user} at ${node.options.name}`);
      }
    }
  }

  /** Takes away what stays true for ever. */
  async #clear(): Promise<void> {
    const [first] = this.#options.nodes;
    for (const card of cards)
      if (first !== undefined) await this.#say(first, { channel: board, event: 'removed', card });
  }
}

function inOrder(cardsOf: readonly (readonly [card: string, mark: string])[]): string {
  return cardsOf
    .map((pair) => pair.join(': '))
    .toSorted()
    .join(', ');
}
