import { createClient } from '@rt/client';
import { expect, onTestFinished, test } from 'vitest';
import { rt, serveHub, start } from './ground.ts';

// RT-CLI-2
test('publish says the position, and stores the same key once', async () => {
  const { url } = await serveHub();
  const args = ['publish', url, 'room:1', 'said', '{"text":"hi"}', '--key', 'k1'];
  const [first, again] = [await rt(args), await rt(args)];
  expect(first.out).toMatch(/^[0-9a-z]+\.1\n$/);
  expect(again).toEqual(first);
  expect(first.code).toBe(0);
  expect((await rt(['publish', url, 'room:1', 'typing', '"ada"'])).out).toBe('ephemeral\n');
});

// RT-CLI-2
test('publish ends with 1 where it is refused, and says what is newer', async () => {
  const { hub, url } = await serveHub();
  const position = await hub.channel('room:1').publish('said', 1);
  const args = ['publish', url, 'room:1', 'said', '2', '--if-position'];
  expect((await rt([...args, position ?? ''])).code).toBe(0);
  const refused = await rt([...args, position ?? '', '--json']);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({
    type: 'error',
    code: 'conflict',
    retryable: false,
    conflict: { newest: { event: 'said', data: 2 } },
  });
});

// RT-CLI-2
test('publish takes the lines of its input one after the other, and each is told as it is stored', async () => {
  const { hub, url } = await serveHub();
  const publish = start(['publish', url, 'room:1', 'said', '-', '--json']);
  publish.say('1\n');
  expect(await publish.json()).toMatchObject({ type: 'published', channel: 'room:1', event: 'said' });
  publish.say(`\n${Array.from({ length: 120 }, (_, n) => n + 2).join('\n')}\n`);
  publish.endInput();
  expect((await publish.ended).code).toBe(0);
  const { publications } = await hub.channel('room:1').history({ last: 200 });
  expect(publications.map(({ data }) => data)).toEqual(Array.from({ length: 121 }, (_, n) => n + 1));
});

// RT-CLI-2
test('publish ends at a line that is no JSON, and says which', async () => {
  const { url } = await serveHub();
  const publish = start(['publish', url, 'room:1', 'said', '-']);
  publish.say('1\n{oops\n');
  const { code, notes } = await publish.ended;
  expect(code).toBe(2);
  expect(notes).toContain('rt publish: line 2 is JSON');
});

// RT-CLI-3
test('history tells page after page, oldest first, and where to read on', async () => {
  const { hub, url } = await serveHub();
  const room = hub.channel('room:1');
  for (let n = 1; n <= 230; n += 1) await room.publish('said', n);
  const { code, out } = await rt(['history', url, 'room:1', '--from', 'start', '--limit', '1000', '--json']);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly data?: unknown });
  expect(lines.slice(0, -1).map(({ data }) => data)).toEqual(Array.from({ length: 230 }, (_, n) => n + 1));
  const position = await room.position();
  expect(lines.at(-1)).toEqual({ type: 'page', channel: 'room:1', position, floor: position?.replace('.230', '.0') });
  expect(code).toBe(0);
  const newest = await rt(['history', url, 'room:1', '--limit', '2']);
  expect(
    newest.out
      .trim()
      .split('\n')
      .map((line) => line.split('  ').at(-1)),
  ).toEqual(['229', '230']);
  expect(newest.notes).toContain(`--from ${position}`);
});

// RT-CLI-2
test('history ends with 1 where publications are missing', async () => {
  const { hub, url } = await serveHub();
  await hub.channel('room:1').publish('said', 1);
  const { code, out } = await rt(['history', url, 'room:1', '--from', 'gone.7', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({
    type: 'gap',
    channel: 'room:1',
    reason: 'epoch_changed',
    after: 'gone.7',
  });
});

// RT-CLI-3
test('presence lists who is there, and with --watch who comes and goes', async () => {
  const { url } = await serveHub();
  const ada = createClient(url, { headers: { 'x-user': 'ada' }, transport: 'sse' });
  onTestFinished(() => ada.close());
  await ada.channel('room:1').presence.enter({ name: 'Ada' });
  const list = await rt(['presence', url, 'room:1']);
  expect(list).toEqual({ code: 0, out: '1 member, 1 connection\n  ada  ×1  {"name":"Ada"}\n', notes: '' });
  const watch = start(['presence', url, 'room:1', '--watch', '--json']);
  expect(await watch.jsonOf('members')).toMatchObject({ channel: 'room:1', count: 1, complete: true });
  await ada.channel('room:1').presence.leave();
  expect(await watch.json()).toEqual({ type: 'left', channel: 'room:1', user: 'ada' });
  watch.signal('SIGINT');
  expect((await watch.ended).code).toBe(0);
});

// RT-CLI-6
test('what others have written is no command to the terminal, and JSON is still the same', async () => {
  const { hub, url } = await serveHub();
  const text = '\u001B[31m\u009B2J\u202Eevil\u2028';
  await hub.channel('room:1').publish('said', text);
  const args = ['history', url, 'room:1'];
  const shown = await rt(args);
  expect(shown.out).toMatch(/"\\u001b\[31m\\u009b2J\\u202eevil\\u2028"\n$/);
  const [line = ''] = (await rt([...args, '--json'])).out.split('\n');
  expect(line).not.toMatch(/[\u0080-\u009F\u2028-\u202E]/);
  expect(JSON.parse(line)).toMatchObject({ data: text });
});

// RT-CLI-6
test('there are colours only where somebody looks, or asks for them, and none with NO_COLOR', async () => {
  const { hub, url } = await serveHub();
  await hub.channel('room:1').publish('said', 1);
  expect((await rt(['history', url, 'room:1'])).out).not.toContain('\u001B');
  expect((await rt(['history', url, 'room:1'], { FORCE_COLOR: '1' })).out).toContain('\u001B[36msaid\u001B[0m');
  expect((await rt(['history', url, 'room:1'], { FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain('\u001B');
});
