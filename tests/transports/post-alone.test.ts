import { channel, createHub, defineChannels } from '@rt/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MemoryPost } from '../fuzz/memory-post.ts';
import { testHub } from '../support/hub.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

interface Answer {
  readonly status: number | null;
  readonly code: string | null;
  readonly replies: readonly { readonly type: string; readonly id?: number }[];
}

/** Posts frames without a session, as the host's user Ada. */
async function posted(frames: readonly object[]): Promise<Answer> {
  const tokens = (token: string): { user: string } | null => (token === 'bob' ? { user: 'bob' } : null);
  const { hub } = testHub({ limits: { rates: false }, auth: { tokens } });
  const exchange = new MemoryPost('', frames.map((frame) => JSON.stringify(frame)).join('\n'));
  await hub.handle(exchange, () => 'ada');
  await hub.close();
  const { status, body } = exchange;
  const lines = body.split('\n').filter((line) => line !== '');
  const replies = lines.map((line) => JSON.parse(line) as { type: string; error?: { code: string } });
  return { status, replies, code: status === 200 ? null : (replies[0]?.error?.code ?? null) };
}

describe('a POST without a session', () => {
  // RT-PERM-7
  test('is for whom its token names', async () => {
    const { replies } = await posted([
      { type: 'connect', id: 1, token: 'bob' },
      { type: 'history', id: 2, channel: 'own:bob' },
    ]);
    expect(replies.map(({ type }) => type)).toEqual(['history']);
  });

  // Nothing of it may be done for the host's user, whom the client did not mean.
  test.each([
    [{ type: 'connect', token: 'bob' }, 'id_invalid'],
    [{ type: 'connect', id: 1, token: 7 }, 'frame_invalid'],
  ])('whose connect is malformed is refused as a whole: %j', async (connect, code) => {
    const answer = await posted([connect, { type: 'history', id: 2, channel: 'own:ada' }]);
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  test('takes an id once, also after one that did not rise', async () => {
    const { replies } = await posted([5, 3, 4, 5, 6].map((id) => ({ type: 'ping', id })));
    expect(replies.map(({ type }) => type)).toEqual(['pong', 'error', 'error', 'error', 'pong']);
  });

  test('has as many frames that are refused as it likes', async () => {
    const refused = Array.from({ length: 300 }, (_, n) => {
      return { type: 'send', id: n + 1, channel: 'talk:1', event: 'nobody', data: 1 };
    });
    const { replies } = await posted([...refused, { type: 'ping', id: 301 }]);
    expect(replies.at(-1)).toEqual({ type: 'pong', id: 301 });
  });

  test('is told who is in a channel, as its user may be, and cannot be there itself', async () => {
    const events = { said: z.string() };
    const channels = defineChannels({
      'lobby:{id}': channel({
        events,
        subscribe: 'anyone',
        enter: 'anyone',
        presence: z.string(),
        members: ({ params }) => params.id !== 'dark',
      }),
    });
    const hub = createHub({ channels });
    const bob = await SimulatedSession.open(hub, 'bob');
    for (const id of ['1', 'dark']) bob.send({ type: 'enter', channel: `lobby:${id}`, state: 'here' });
    const frames = ['members lobby:1', 'members lobby:dark', 'members order:1', 'enter lobby:1', 'leave lobby:1'];
    const lines = frames.map((frame, index) => {
      const [type, name] = frame.split(' ');
      return JSON.stringify({ type, id: index + 1, channel: name });
    });
    const exchange = new MemoryPost('', lines.join('\n'));
    await hub.handle(exchange, () => 'ada');
    const { members, position } = await hub.channel('lobby:1').members();
    await hub.close();
    const [first, ...rest] = exchange.body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly error: { readonly code: string } });
    expect(members).toEqual([{ user: 'bob', state: 'here', connections: 1 }]);
    const told = { channel: 'lobby:1', position, count: 1, connections: 1, members };
    expect(first).toEqual({ type: 'members', id: 1, ...told });
    expect(rest.map(({ error }) => error.code)).toEqual([
      'members_denied',
      'channel_unknown',
      'connect_missing',
      'connect_missing',
    ]);
  });

  // RT-PRESENCE-3
  test('takes a client away whose session is over, if it knows the session and is the same user', async () => {
    const channels = defineChannels({
      'lobby:{id}': channel({ events: { said: z.string() }, subscribe: 'anyone', enter: 'anyone', presence: {} }),
    });
    const hub = createHub({ channels });
    const hello = ['{"type":"connect","id":1,"client":"tab"}', '{"type":"enter","id":2,"channel":"lobby:1"}'].join(
      '\n',
    );
    const opened = new MemoryPost('wait=1', hello);
    await hub.handle(opened, () => 'ada');
    while (opened.body === '') await new Promise((resolve) => setImmediate(resolve));
    const { session } = JSON.parse(opened.body.split('\n', 1)[0] ?? '{}') as { readonly session: string };
    const leave = async (user: string, client: string, of: string): Promise<number> => {
      const frames = [
        { type: 'connect', id: 1, client },
        { type: 'leave', id: 2, channel: 'lobby:1', session: of },
      ];
      const exchange = new MemoryPost('', frames.map((frame) => JSON.stringify(frame)).join('\n'));
      await hub.handle(exchange, () => user);
      expect(JSON.parse(exchange.body)).toEqual({ type: 'left', id: 2, channel: 'lobby:1' });
      return (await hub.channel('lobby:1').members()).count;
    };
    expect(await leave('ada', 'tab', 'another')).toBe(1);
    expect(await leave('ada', 'another', session)).toBe(1);
    expect(await leave('bob', 'tab', session)).toBe(1);
    expect(await leave('ada', 'tab', session)).toBe(0);
    await hub.close();
  });
});
