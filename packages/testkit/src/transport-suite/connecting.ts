import assert from 'node:assert/strict';
import type { Case } from './ground.ts';
import { quick } from './ground.ts';

/** How a session begins. */
export function connecting(cell: Case): void {
  // RT-SESSION-1
  cell('connect: the first frame says how the session lives', async (ground) => {
    const client = await ground.open();
    const [connected] = client.frames;
    assert.equal(connected?.type, 'connected');
    assert.equal(connected.id, 1);
    assert.deepEqual(connected.limits, {
      maxFrameBytes: 65_536,
      maxChannels: 100,
      rates: { commandsPerSecond: 50, publishesPerSecond: 25, burst: 100 },
    });
    assert.equal(connected.expiresInMs, null);
  });

  // RT-SESSION-3
  cell('connect: all subscriptions in one round trip, each answered for itself', async (ground) => {
    await ground.publish('before');
    const client = await ground.open([
      { channel: 'room:1', after: 'start' },
      { channel: 'room:2' },
      { channel: 'own:ada' },
      { channel: 'nowhere:1' },
      { channel: 'room:3', after: 'nonsense' },
      { channel: 'a b' },
      7,
    ]);
    const { position } = await client.next('subscribed', ({ channel }) => channel === 'room:1');
    assert.match(position, /\.0$/);
    await client.next('publications', ({ channel }) => channel === 'room:1');
    const refusals = client.frames.flatMap((frame) =>
      frame.type === 'error' ? [[frame.channel, frame.error.code]] : [],
    );
    assert.deepEqual(
      new Map(refusals as [string | undefined, string][]),
      new Map<string | undefined, string>([
        ['own:ada', 'subscribe_denied'],
        ['nowhere:1', 'channel_unknown'],
        ['room:3', 'position_invalid'],
        ['a b', 'channel_invalid'],
        [undefined, 'frame_invalid'],
      ]),
    );
  });

  cell('connect: a channel twice is subscribed once', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }, { channel: 'room:1' }]);
    await client.next('subscribed');
    const { error } = await client.next('error');
    assert.equal(error.code, 'subscribed_already');
    await ground.publish('once');
    const { publications } = await client.next('publications');
    assert.equal(publications.length, 1);
  });

  cell(
    'connect: more subscriptions than allowed are refused, the others hold',
    async (ground) => {
      const client = await ground.open([{ channel: 'room:1' }, { channel: 'room:2' }, { channel: 'room:3' }]);
      const { error, channel } = await client.next('error');
      assert.deepEqual([error.code, channel], ['channels_too_many', 'room:3']);
      await client.ask({ type: 'unsubscribe', channel: 'room:1' });
      assert.equal((await client.ask({ type: 'subscribe', channel: 'room:3' })).type, 'subscribed');
    },
    { limits: { maxChannelsPerSession: 2 } },
  );

  // RT-SESSION-2
  cell('connect: a second one is refused, and the session goes on', async (ground) => {
    const client = await ground.open();
    const answer = await client.ask({ type: 'connect' });
    assert.equal(answer.type === 'error' && answer.error.code, 'connected_already');
    assert.equal((await client.ask({ type: 'ping' })).type, 'pong');
  });

  // RT-SESSION-2
  cell('connect: has to come first', async (ground) => {
    const opened = await ground.tryToOpen({ type: 'ping' });
    assert.equal(opened.type === 'refused' && opened.error.code, 'connect_missing');
  });

  cell('connect: a malformed one is refused with its fault', async (ground) => {
    const opened = await ground.tryToOpen({ subscriptions: 'room:1' });
    assert.equal(opened.type, 'refused');
    assert.equal(opened.error.code, 'frame_invalid');
  });

  // RT-LIMIT-5
  cell(
    'connect: a user has as many sessions as they may',
    async (ground) => {
      const first = await ground.open([], { user: 'ada' });
      const opened = await ground.tryToOpen({}, 'ada');
      assert.equal(opened.type === 'refused' && opened.error.code, 'connections_too_many');
      assert.equal(opened.type === 'refused' && opened.error.retryable, true);
      await ground.open([], { user: 'bob' });
      first.cut();
      await ground.observed(
        'the first to be gone',
        () => ground.count('connection_closed') === ground.count('connection_opened') - 1,
      );
      await ground.open([], { user: 'ada' });
    },
    { ...quick, limits: { admission: { connectionsPerUser: 1 } } },
  );

  // RT-SESSION-12
  cell('frames: several in one text, empty lines between them', async (ground) => {
    const client = await ground.open();
    client.sendText('\n{"type":"ping","id":5}\n\n{"type":"ping","id":6}\n{"type":"ping","id":9}\n');
    for (const id of [5, 6, 9]) await client.next('pong', (pong) => pong.id === id);
  });

  // RT-SESSION-13
  cell('frames: unknown fields are ignored', async (ground) => {
    const client = await ground.open();
    const answer = await client.ask({ type: 'subscribe', channel: 'room:1', shape: 'round', filter: { a: 1 } });
    assert.equal(answer.type, 'subscribed');
  });

  // RT-SESSION-13
  cell('frames: an unknown type is ignored without an id, and answered with one', async (ground) => {
    const client = await ground.open();
    client.send({ type: 'dance' });
    const answer = await client.ask({ type: 'dance' });
    assert.equal(answer.type === 'error' && answer.error.code, 'frame_unknown');
    assert.equal((await client.ask({ type: 'ping' })).type, 'pong');
    assert.equal(client.frames.filter(({ type }) => type === 'error').length, 1);
  });

  // RT-SESSION-15
  cell('frames: a known type without an id is refused', async (ground) => {
    const client = await ground.open();
    client.send({ type: 'ping' });
    const { id, error } = await client.next('error');
    assert.deepEqual([id, error.code], [undefined, 'id_invalid']);
  });

  // RT-SESSION-14
  cell('frames: a field that is wrong is refused with the frame’s id', async (ground) => {
    const client = await ground.open();
    for (const [frame, code] of [
      [{ type: 'subscribe' }, 'channel_missing'],
      [{ type: 'subscribe', channel: 'a b' }, 'channel_invalid'],
      [{ type: 'subscribe', channel: 'room:1', last: -1 }, 'frame_invalid'],
      [{ type: 'subscribe', channel: 'room:1', last: 1, after: 'start' }, 'frame_invalid'],
      [{ type: 'publish', channel: 'room:1', event: 'said' }, 'frame_invalid'],
      [{ type: 'publish', channel: 'room:1', event: 'rt.gap', data: 1 }, 'frame_invalid'],
      [{ type: 'refresh' }, 'frame_invalid'],
    ] as const) {
      const answer = await client.ask(frame);
      assert.equal(answer.type === 'error' && answer.error.code, code, JSON.stringify(frame));
    }
  });
}
