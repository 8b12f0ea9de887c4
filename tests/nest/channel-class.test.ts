import type { CanActivate } from '@nestjs/common';
import { Injectable, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { RtChannel } from '@rt/nest';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Diary, NotMuted, RoomChannel } from './mounts/room-channel.ts';
import { testApp } from './mounts/test-app.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const start: typeof testApp = async (...app) => {
  const started = await testApp(...app);
  cleanUps.push(() => started.close());
  return started;
};

const ada = { user: { id: 'ada' } };
const bob = { user: { id: 'bob' } };
const mallory = { user: { id: 'mallory' } };

describe('a channel class', () => {
  // RT-NEST-1
  test('says who may subscribe, enter and send, and who may publish', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] });
    const [one, other, nobody] = [rt.client(ada), rt.client(mallory), rt.client()];
    await one.subscribe('room:1');
    await one.enter('room:1', { name: 'Ada' });
    await one.publish('room:1', 'said', { text: 'hi', by: 'ada' });
    for (const client of [other, nobody]) {
      await expect(client.subscribe('room:1')).rejects.toMatchObject({ code: 'subscribe_denied' });
      await expect(client.send('room:1', 'say', { text: 'hi' })).rejects.toMatchObject({ code: 'send_denied' });
    }
    await expect(other.enter('room:1', { name: 'M' })).rejects.toMatchObject({ code: 'enter_denied' });
    await expect(one.subscribe('room:closed')).rejects.toMatchObject({ code: 'subscribe_denied' });
    for (const [who, by] of [
      [bob, 'ada'],
      [{ user: { id: 'nobody' } }, 'ada'],
      [ada, 'somebody else'],
    ] as const) {
      const publishing = rt.client(who).publish('room:1', 'said', { text: 'hi', by });
      await expect(publishing).rejects.toMatchObject({ code: 'publish_denied' });
    }
  });

  // RT-NEST-1
  test('answers what clients send, and publishes', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] });
    const [one, two] = [rt.client(ada), rt.client(bob)];
    await two.subscribe('room:1');
    expect(await one.send('room:1', 'say', { text: 'hi' })).toEqual({ position: expect.stringMatching(/\.1$/) });
    expect(await two.next()).toMatchObject({ event: 'said', data: { text: 'hi', by: 'ada' } });
    expect(await one.send('room:1', 'recite', 'a poem')).toBe('a poem');
    expect(await two.next()).toMatchObject({ event: 'said', data: { text: 'a poem', by: 'the room' } });
  });

  // RT-NEST-2
  test('has guards, pipes, interceptors and filters at its messages', async () => {
    const { rt, app } = await start({ providers: [RoomChannel, Diary] });
    const [one, muted] = [rt.client(ada), rt.client({ user: { id: 'muted' } })];
    await expect(muted.send('room:1', 'say', { text: 'hi' })).rejects.toMatchObject({
      code: 'send_denied',
      message: expect.stringContaining('Forbidden resource'),
    });
    expect(app.get(Diary).lines).toEqual(['ws RoomChannel say']);
    expect(await one.send('room:1', 'add', { n: '41' })).toEqual({
      loud: { next: 42, params: { roomId: '1' }, same: 'room:{roomId}' },
    });
    await expect(one.send('room:1', 'add', { n: 'x' })).rejects.toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining('numeric string is expected'),
    });
    expect(await one.send('room:1', 'range', [7])).toEqual({ range: 'too far', asked: [7] });
  });

  // RT-NEST-2
  test('tells its refusals, and keeps its faults to itself', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] });
    const one = rt.client(ada);
    const told = async (event: string): Promise<unknown> =>
      one.send('room:1', event, null).catch((error: unknown) => error);
    expect(await told('list')).toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining('no text; no name'),
    });
    expect(await told('refuse')).toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining('not today'),
    });
    expect(await told('crash')).toMatchObject({
      code: 'handler_failed',
      message: expect.not.stringContaining('business'),
    });
  });

  // RT-NEST-1
  test('is told who comes and goes, in its own channels only', async () => {
    @RtChannel('hall:{id}', { presence: z.object({ name: z.string() }), enter: 'anyone', subscribe: 'anyone' })
    class HallChannel {}
    const { rt, app } = await start({ providers: [RoomChannel, HallChannel, Diary] });
    const one = rt.client(ada);
    await one.enter('room:7', { name: 'Ada' });
    await one.enter('hall:7', { name: 'Ada' });
    await one.leave('hall:7');
    await one.leave('room:7');
    await rt.pass(1);
    expect(app.get(Diary).lines).toEqual(['joined 7 ada {"name":"Ada"}', 'left room:7 ada']);
  });
});

describe('guards of a channel class', () => {
  @UseGuards(NotMuted)
  @RtChannel('board:{id}', {
    events: { said: z.string() },
    subscribe: 'anyone',
    publish: ({ event, params, data }) => event === 'said' && params.id === '1' && data === 'x',
  })
  class BoardChannel {}

  // RT-NEST-2
  test('stand before rules that the definition has, too', async () => {
    const { rt, app } = await start({ providers: [BoardChannel, Diary] });
    const muted = rt.client({ user: { id: 'muted' } });
    await expect(muted.subscribe('board:1')).rejects.toMatchObject({ code: 'subscribe_denied' });
    await expect(muted.publish('board:1', 'said', 'x')).rejects.toMatchObject({ code: 'publish_denied' });
    await rt.client(ada).subscribe('board:1');
    await rt.client(ada).publish('board:1', 'said', 'x');
    await expect(rt.client(ada).publish('board:1', 'said', 'y')).rejects.toMatchObject({ code: 'publish_denied' });
    await expect(rt.client(ada).publish('board:2', 'said', 'x')).rejects.toMatchObject({ code: 'publish_denied' });
    expect(app.get(Diary).lines).toEqual(
      ['null', 'said', 'null', 'said', 'said', 'said'].map((event) => `ws BoardChannel ${event}`),
    );
  });

  // RT-NEST-2
  test('are the global ones as well', async () => {
    const { rt } = await start({
      providers: [RoomChannel, Diary, { provide: APP_GUARD, useClass: NotMuted }],
    });
    await expect(rt.client({ user: { id: 'muted' } }).subscribe('room:1')).rejects.toMatchObject({
      code: 'subscribe_denied',
    });
    await rt.client(ada).subscribe('room:1');
  });

  // RT-NEST-2
  test('that fail are a rule that has failed, and not a refusal', async () => {
    @Injectable()
    class Broken implements CanActivate {
      canActivate(): boolean {
        throw new Error('nobody’s business');
      }
    }
    @UseGuards(Broken)
    @RtChannel('board:{id}', { events: { said: z.string() }, subscribe: 'anyone' })
    class BrokenChannel {}
    const { rt } = await start({ providers: [BrokenChannel] });
    await expect(rt.client(ada).subscribe('board:1')).rejects.toMatchObject({ code: 'rule_failed' });
  });
});
