import type { Counts, Group, Opening, Seen } from '../harness/traffic.ts';
import { nowUs } from '../harness/traffic.ts';
import type { Record } from './client.ts';
import { Client, Refused } from './client.ts';
import { Latencies } from './latencies.ts';
import { expectedOf, RtBook } from './rt-book.ts';
import { RtPlaces } from './rt-places.ts';
import { wires } from './wires.ts';

/** How many connections are being opened at a time. */
const atOnce = 100;

interface Listener {
  readonly client: Client;
  readonly places: RtPlaces;
}

/** All connections of the process. */
export class Crowd {
  readonly #book = new RtBook();
  readonly #listeners: Listener[] = [];
  readonly #latencies: Latencies[] = [];
  readonly #record: Record = { messages: 0, bytes: 0, reads: 0, lost: 0, every: true, nowUs: 0, problems: [] };
  #cpu = process.cpuUsage();
  #begunUs = 0;

  get problems(): readonly string[] {
    return this.#record.problems;
  }

  /** Opens more connections, or all anew with the places that they have come to. */
  async open(opening: Opening): Promise<void> {
    if (opening.resume) this.#book.forgetNumbers();
    const from = opening.resume ? 0 : this.#listeners.length;
    if (!opening.resume) for (const group of opening.groups) this.#add(group, opening);
    const queue = this.#listeners.slice(from);
    const one = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await this.#openOne(next, opening);
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  #add({ connections, channels }: Group, { wire }: Opening): void {
    const latencies = new Latencies();
    this.#latencies.push(latencies);
    for (let n = 0; n < connections; n += 1) {
      const index = this.#listeners.length;
      const own = channels === 'own' ? [index] : channels;
      const client = new Client({ index, wire, channels: own, latencies, record: this.#record });
      this.#listeners.push({ client, places: new RtPlaces(client, this.#book) });
    }
  }

  async #openOne({ client, places }: Listener, { port, wire, compress, members }: Opening): Promise<void> {
    const talk = wires[wire];
    const isMember = client.options.index < members;
    for (let tries = 1; ; tries += 1) {
      try {
        return await client.open(port, talk.request(client, compress, places), talk.reader(client, places, isMember));
      } catch (cause) {
        // A server that is too busy says so, and when to come again.
        const again = cause instanceof Refused && tries < 20 ? cause.retryAfterMs : null;
        if (again === null) return client.problem(String(cause).slice(0, 300));
        await new Promise((resolve) => setTimeout(resolve, again));
      }
    }
  }

  /** Counts from now on. */
  begin(every: boolean): void {
    Object.assign(this.#record, { messages: 0, bytes: 0, reads: 0, every });
    for (const each of this.#latencies) each.clear();
    for (const { client } of this.#listeners) client.received = 0;
    this.#cpu = process.cpuUsage();
    this.#begunUs = nowUs();
  }

  /** How many connections have not got what was published. */
  incomplete(counts: Counts): number {
    return this.#listeners.filter(({ client }) => client.received < expectedOf(client.options.channels, counts)).length;
  }

  pause(connections: number): void {
    for (const { client } of this.#listeners.slice(0, connections)) client.pause();
  }

  letGo(): void {
    for (const { client } of this.#listeners) client.letGo();
  }

  close(): void {
    for (const { client } of this.#listeners) client.close();
  }

  tell(counts: Counts): Seen {
    const { messages, bytes, reads, lost, problems } = this.#record;
    const { user, system } = process.cpuUsage(this.#cpu);
    const more = this.#listeners.find(({ client }) => client.received > expectedOf(client.options.channels, counts));
    if (more !== undefined) more.client.problem(`${more.client.received} came, which is more than was published`);
    return {
      messages,
      bytes,
      reads,
      lost,
      latency: this.#latencies.map((each) => each.tell()),
      incomplete: this.incomplete(counts),
      problems: [...problems],
      cpuUs: user + system,
      elapsedUs: nowUs() - this.#begunUs,
    };
  }
}
