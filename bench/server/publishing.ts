import type { Counts, Stream, Traffic } from '../harness/traffic.ts';
import { nowUs } from '../harness/traffic.ts';
import { PayloadSource } from './payload-source.ts';
import type { Stage } from './stage.ts';

/** Publishes what it is told, and counts it. */
export class Publishing {
  readonly #stage: Stage;
  readonly #payloads: PayloadSource;
  #counts: number[] = [];

  constructor(stage: Stage, payloadBytes: number) {
    this.#stage = stage;
    this.#payloads = new PayloadSource(payloadBytes);
  }

  async run(traffic: Traffic, seconds: number): Promise<Counts> {
    this.#counts = [];
    const endUs = nowUs() + seconds * 1e6;
    if (traffic.type === 'turns') await this.#turns(traffic, endUs);
    else if (traffic.type === 'schedule') await this.#schedule(traffic.streams, endUs);
    else if (traffic.type === 'pipelined') await this.#pipelined(traffic.underWay, endUs);
    else await this.#each(traffic.channels, traffic.count);
    return Array.from({ length: this.#counts.length }, (_, channel) => this.#counts[channel] ?? 0);
  }

  #publish(channel: number, dueUs: number): void | Promise<unknown> {
    this.#counts[channel] = (this.#counts[channel] ?? 0) + 1;
    return this.#stage.publish(channel, this.#payloads.next(channel, dueUs));
  }

  async #turns(
    { channels, channelsPerTurn, each }: Traffic & { readonly type: 'turns' },
    endUs: number,
  ): Promise<void> {
    let next = 0;
    await new Promise<void>((resolve) => {
      const turn = (): void => {
        const startUs = nowUs();
        if (startUs >= endUs) return resolve();
        if (this.#stage.full()) return void setTimeout(turn, 1);
        for (let n = 0; n < channelsPerTurn; n += 1) {
          for (let m = 0; m < each; m += 1) void this.#publish(next, startUs);
          next = (next + 1) % channels;
        }
        setImmediate(turn);
      };
      turn();
    });
  }

  async #schedule(streams: readonly Stream[], endUs: number): Promise<void> {
    const startUs = nowUs();
    const due = streams.map(({ channel, perSecond }, index) => {
      const everyUs = 1e6 / perSecond;
      // Not all at once.
      return { channel, everyUs, atUs: startUs + (everyUs * index) / streams.length };
    });
    await new Promise<void>((resolve) => {
      const tick = (): void => {
        const startedUs = nowUs();
        for (const each of due) {
          for (; each.atUs <= startedUs && each.atUs < endUs; each.atUs += each.everyUs) {
            void this.#publish(each.channel, Math.floor(each.atUs));
          }
        }
        const nextUs = Math.min(...due.map(({ atUs }) => atUs));
        if (nextUs >= endUs) return resolve();
        setTimeout(tick, Math.max(0, (nextUs - nowUs()) / 1000));
      };
      tick();
    });
  }

  async #pipelined(underWay: number, endUs: number): Promise<void> {
    const one = async (channel: number): Promise<void> => {
      while (nowUs() < endUs) await this.#publish(channel, nowUs());
    };
    await Promise.all(Array.from({ length: underWay }, (_, n) => one(1 + (n % 10))));
  }

  async #each(channels: number, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      await Promise.all(Array.from({ length: channels }, async (_, channel) => this.#publish(channel, nowUs())));
    }
  }
}
