import assert from 'node:assert/strict';
import type { SessionClient } from '../session-client.ts';
import type { Case, Ground } from './ground.ts';
import { seen } from './subscribing.ts';

const channel = 'board:1';

/** Says something of keys: `a1` that a is 1, `-a` that it is no more. Returns the positions. */
async function say(ground: Ground, ...said: readonly string[]): Promise<readonly string[]> {
  const board = ground.hub.channel(channel);
  return Promise.all(
    said.map((text) =>
      text.startsWith('-')
        ? board.publish('gone', { key: text.slice(1) })
        : board.publish('is', { key: text.slice(0, 1), value: text.slice(1) }),
    ),
  );
}

function told(client: SessionClient): readonly string[] {
  return seen(client, channel).map(({ offset, event, data }) => {
    const { key, value = '' } = data as { readonly key: string; readonly value?: string };
    return `${offset} ${event === 'gone' ? '-' : ''}${key}${value}`;
  });
}

async function comes(client: SessionClient, text: string): Promise<void> {
  while (!told(client).includes(text)) await client.next('publications', (frame) => frame.channel === channel);
}

/** Channels that keep the newest of each key. */
export function states(cell: Case): void {
  // RT-STATE-1, RT-STATE-2
  cell('state: what is true comes first, and then what changes, in order', async (ground) => {
    await say(ground, 'a1', 'b1', 'a2', 'c1', 'b2');
    const client = await ground.open([{ channel, after: 'start' }]);
    const { position, conflated, gap } = await client.next('subscribed');
    assert.deepEqual([position.replace(/^.*\./, ''), conflated, gap], ['0', true, undefined]);
    await comes(client, '5 b2');
    const [last] = (await say(ground, 'c2', '-a')).slice(-1);
    await comes(client, '7 -a');
    assert.deepEqual(told(client), ['3 a2', '4 c1', '5 b2', '6 c2', '7 -a']);
    const frames = client.frames.filter((frame) => frame.type === 'publications');
    assert.equal(frames.at(-1)?.position, last);
  });

  cell('state: where nothing may be left out, subscribed does not say so', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    assert.equal('conflated' in (await client.next('subscribed')), false);
  });

  // RT-STATE-3
  cell('state: from a position comes what has changed since, removals among it', async (ground) => {
    const [, after] = await say(ground, 'a1', 'b1', '-a', 'c1', 'c2');
    const client = await ground.open([{ channel, after }]);
    assert.equal((await client.next('subscribed')).gap, undefined);
    await comes(client, '5 c2');
    assert.deepEqual(told(client), ['3 -a', '5 c2']);
  });

  // RT-STATE-3
  cell('state: whoever has missed removals is told a gap, and then all that is true', async (ground) => {
    const [after] = await say(ground, 'a1', 'b1', '-c', '-d', '-e', '-f');
    const client = await ground.open([{ channel, after }]);
    const { gap, position } = await client.next('subscribed');
    const start = position.replace(/\d+$/, '0');
    assert.deepEqual([gap, position], [{ reason: 'trimmed', after, position: start }, start]);
    await comes(client, '6 -f');
    assert.deepEqual(told(client), ['1 a1', '2 b1', '4 -d', '5 -e', '6 -f']);
  });

  // RT-STATE-4
  cell('state: a publication with ifPosition is in conflict with its own key only', async (ground) => {
    const [a1, b1] = await say(ground, 'a1', 'b1');
    const client = await ground.open();
    const write = (ifPosition: string | undefined, key: string) =>
      client.ask({ type: 'publish', channel, event: 'is', data: { key, value: 'mine' }, ifPosition });
    const first = await write(a1, 'a');
    assert.equal(first.type, 'published');
    const second = await write(b1, 'a');
    assert.ok(first.type === 'published' && second.type === 'error');
    assert.equal(second.error.code, 'conflict');
    assert.deepEqual(second.error.conflict, {
      position: first.position,
      newest: { event: 'is', data: { key: 'a', value: 'mine' } },
    });
    assert.equal((await write(b1, 'b')).type, 'published');
    assert.equal((await write(b1, 'c')).type, 'published');
  });

  // RT-STATE-5
  cell('state: one key too many is refused, until another is removed', async (ground) => {
    const client = await ground.open();
    const ask = (event: string, key: string) => client.ask({ type: 'publish', channel, event, data: { key } });
    for (const key of ['a', 'b', 'c', 'a']) assert.equal((await ask('is', key)).type, 'published');
    const refused = await ask('is', 'd');
    assert.deepEqual(refused.type === 'error' && [refused.error.code, refused.error.retryable], ['state_full', false]);
    assert.equal((await ask('gone', 'b')).type, 'published');
    assert.equal((await ask('is', 'd')).type, 'published');
  });

  // RT-STATE-1
  cell('state: pages from the start lead to its end', async (ground) => {
    await say(ground, 'a1', 'b1', 'a2', 'c1', '-b');
    const client = await ground.open();
    const offsets: string[] = [];
    let after = 'start';
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await client.ask({ type: 'history', channel, after, limit: 1 });
      assert.ok(page.type === 'history');
      offsets.push(...page.publications.map(({ position }) => position.replace(/^.*\./, '')));
      after = page.position;
    }
    assert.deepEqual([offsets, after], [['3', '4', '5'], await ground.hub.channel(channel).position()]);
  });
}
