import type { BusSink, NodeBus } from '@rt/core';
import { redisBroker } from '@rt/redis';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, within } from '@rt/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisOfFile } from '../support/redis-of-file.ts';

const redisNow = redisOfFile();
let prefixes = 0;

interface Node {
  readonly bus: NodeBus;
  readonly clock: VirtualClock;
  /** What the node was asked, as often as it was. */
  readonly questions: string[];
  /** Resolves when it has been asked so often. */
  asked(times: number): Promise<unknown>;
}

type Answer = BusSink['asked'];

const echo: Answer = async (question) => `${question}!`;

/** A node that shares the bus of a test, on a clock of its own. */
async function node(prefix: string, answer: Answer = echo): Promise<Node> {
  const clock = createVirtualClock();
  const broker = redisBroker({ redis: redisNow(), prefix, testing: { clock, serverNow: null } });
  const questions: string[] = [];
  let changed = (): void => {};
  const { bus } = broker;
  if (bus === undefined) throw new Error('a broker over Redis has a bus');
  await bus.open({
    asked(question, onGone) {
      questions.push(question);
      changed();
      return answer(question, onGone);
    },
    troubled: () => {},
  });
  onTestFinished(() => bus.close());
  return {
    bus,
    clock,
    questions,
    async asked(times) {
      while (questions.length < times) {
        await within(`question ${times}`, new Promise<void>((resolve) => (changed = resolve)));
      }
    },
  };
}

function prefix(): string {
  prefixes += 1;
  return `bus ${prefixes}:`;
}

const stays = (): void => {};

/** Resolves when so many nodes hear what they are told. */
async function listening(name: string, nodes: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const channels = (await redisNow().call('PUBSUB', 'CHANNELS', `${name}*:bus`)) as readonly string[];
    if (channels.length === nodes) return;
    if (Date.now() > deadline) throw new Error(`after 10 s ${channels.length} of ${nodes} nodes listen`);
  }
}

describe('the bus between nodes', () => {
  test('whoever asks is answered, in both directions and by many at once', async () => {
    const name = prefix();
    const [one, two] = [await node(name), await node(name)];
    const ask = async (from: Node, to: Node, n: number): Promise<string | null> =>
      from.bus.ask(to.bus.node, `question ${n}`, stays);
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const there = await Promise.all(numbers.map((n) => ask(one, two, n)));
    const back = await Promise.all(numbers.map((n) => ask(two, one, n)));
    const expected = numbers.map((n) => `question ${n}!`);
    expect([there, back]).toEqual([expected, expected]);
    expect(two.questions).toHaveLength(500);
  });

  // RT-CLUSTER-6
  test('a question or an answer that is lost on its way is said again, and asked once', async () => {
    const name = prefix();
    let answer: (told: string) => void = () => {};
    const one = await node(name);
    const two = await node(name, () => new Promise<string>((resolve) => (answer = resolve)));
    // Nobody hears it: the subscribers are gone, and come back.
    await redisNow().call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const told = one.bus.ask(two.bus.node, 'are you there', stays);
    await listening(name, 2);
    one.clock.advance(1000);
    await two.asked(1);
    // Nor does anybody hear the answer.
    await redisNow().call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    answer('I am');
    await listening(name, 2);
    one.clock.advance(1000);
    expect(await within('the answer', told)).toBe('I am');
    expect(two.questions).toEqual(['are you there']);
  });

  test('a node that is not there is known soon not to answer', async () => {
    const { bus, clock } = await node(prefix());
    const told = bus.ask('nobody', 'are you there', stays);
    const trying = setInterval(() => clock.advance(500), 5);
    onTestFinished(() => clearInterval(trying));
    expect(await within('no answer', told)).toBe(null);
    expect(clock.now()).toBeLessThan(60_000);
  });

  test('a node that takes its time is waited for, as long as it lives', async () => {
    const name = prefix();
    let answer: (told: string) => void = () => {};
    const one = await node(name);
    const two = await node(name, () => new Promise<string>((resolve) => (answer = resolve)));
    const told = one.bus.ask(two.bus.node, 'take your time', stays);
    await two.asked(1);
    for (let second = 0; second < 60; second += 1) {
      one.clock.advance(1000);
      two.clock.advance(1000);
      // The first is answered after the other has heard that it is waited for, the second after that was answered.
      for (const question of ['heard', 'and answered']) await two.bus.ask(one.bus.node, question, stays);
    }
    answer('at last');
    expect(await within('the answer', told)).toBe('at last');
    expect(two.questions.filter((question) => question === 'take your time')).toHaveLength(1);
  });

  test('whoever answers is told that the one who asks is gone: by a word, and by its silence', async () => {
    const name = prefix();
    const gone: string[] = [];
    let heard = (): void => {};
    const one = await node(name);
    const two = await node(name, (question, onGone) => {
      onGone(() => {
        gone.push(question);
        heard();
      });
      return new Promise(() => {});
    });
    const untilGone = (): Promise<void> => within('the word', new Promise<void>((resolve) => (heard = resolve)));
    let go = (): void => {};
    const first = one.bus.ask(two.bus.node, 'first', (run) => (go = run));
    void one.bus.ask(two.bus.node, 'second', stays);
    await two.asked(2);
    const word = untilGone();
    go();
    expect(await first).toBe(null);
    await word;
    expect(gone).toEqual(['first']);
    two.clock.advance(11_000);
    expect(gone).toEqual(['first', 'second']);
  });

  test('all others are asked, and those that do not answer in time are counted', async () => {
    const name = prefix();
    const one = await node(name);
    const two = await node(name);
    const three = await node(name, () => new Promise(() => {}));
    const asking = one.bus.askAll('who is there', 5_000);
    await Promise.all([two.asked(1), three.asked(1)]);
    // The answer of the second is on its way before the time is over.
    expect(await one.bus.ask(two.bus.node, 'and then', stays)).toBe('and then!');
    one.clock.advance(5_000);
    expect(await within('the answers', asking)).toEqual({ nodes: 2, answers: ['who is there!'] });
    await three.bus.close();
    expect(await one.bus.askAll('and now', 5_000)).toEqual({ nodes: 1, answers: ['and now!'] });
  });

  test('what cannot be answered is told, and no answer', async () => {
    const name = prefix();
    const one = await node(name);
    const two = await node(name, () => Promise.reject(new Error('it cannot be done')));
    expect(await within('no answer', one.bus.ask(two.bus.node, 'do it', stays))).toBe(null);
  });

  test('closed, it waits for nothing, and is nobody any more', async () => {
    const name = prefix();
    const one = await node(name);
    const two = await node(name, () => new Promise(() => {}));
    const told = one.bus.ask(two.bus.node, 'x', stays);
    await two.asked(1);
    await one.bus.close();
    await one.bus.close();
    expect(await told).toBe(null);
    expect(await one.bus.ask(two.bus.node, 'y', stays)).toBe(null);
    expect(await two.bus.askAll('z', 5_000)).toEqual({ nodes: 0, answers: [] });
    await expect(one.bus.open({ asked: echo, troubled: () => {} })).rejects.toMatchObject({ code: 'broker_failed' });
  });
});
