import { channel, createHub, defineChannels } from '@rt/core';
import { formatSse } from '@rt/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { codeOf, framesOf, serve } from './ground.ts';

const breaks = ['\r', '\n', '\r\n', '\0', '\u2028', '\u0085'];

// RT-SAFE-3
test.each(breaks)('no name, key or place with %j in it is taken, from whatever side it comes', async (mark) => {
  const forged = `a${mark}data: forged`;
  const { get, post, hub } = await serve();
  const stream = { accept: 'text/event-stream' };
  const asked = encodeURIComponent(`open:${forged}`);
  expect(await codeOf(await get(`?channel=${asked}`, stream))).toEqual([400, 'channel_invalid']);
  const place = encodeURIComponent(`k1.1${mark}data: forged`);
  expect(await codeOf(await get(`?channel=open:1&after=${place}`, stream))).toEqual([400, 'position_invalid']);
  const publish = { type: 'publish', channel: 'talk:1', event: 'said', data: 1 };
  const answers = await framesOf(
    await post('', [
      { ...publish, id: 1, event: forged },
      { ...publish, id: 2, key: forged, echo: true },
      { ...publish, id: 3, channel: `talk:${forged}` },
      { ...publish, id: 4, ifPosition: `k1.1${mark}` },
      { type: 'connect', id: 5, client: forged },
    ]),
  );
  expect(answers.map(({ error }) => (error as { readonly code: string } | undefined)?.code)).toEqual([
    'frame_invalid',
    'frame_invalid',
    'channel_invalid',
    'position_invalid',
    'frame_invalid',
  ]);
  await expect(async () => hub.channel(`open:${forged}` as 'open:1').publish('said', 1)).rejects.toThrow(
    'channel_invalid',
  );
  const events = { [forged]: z.unknown() };
  expect(() => createHub({ channels: defineChannels({ a: channel({ events }) }) })).toThrow('definition_invalid');
});

// RT-SAFE-3
test('what is published stays on its line, whatever it is', async () => {
  const { get, hub } = await serve();
  const stream = await get('?channel=open:1&channel=open:2', { accept: 'text/event-stream' });
  const nasty = ['\nevent: rt.bye\ndata: {}\n\n', '\r\rid: x\r\r', 'a\0b', '\u2028\u2029\u0085', '</script><!--'];
  for (const text of nasty) await hub.channel('open:1').publish('said', text);
  const events = await stream.events(nasty.length);
  expect(events.map(({ event, data }) => [event, (JSON.parse(data) as { readonly data: unknown }).data])).toEqual(
    nasty.map((text) => ['said', text]),
  );
});

// RT-SAFE-3
test.each(['\r', '\n', '\0'])('a field of a stream with %j in it cannot be written', (mark) => {
  expect(() => formatSse({ event: `a${mark}b` })).toThrow('sse_field_invalid');
  expect(() => formatSse({ id: `a${mark}b` })).toThrow('sse_field_invalid');
  expect(() => formatSse({ retryMs: `1${mark}2` as unknown as number })).toThrow('sse_field_invalid');
});

// RT-SAFE-4
test.each([
  ['a letter that looks like another', 'оpen:1'],
  ['a wide letter', 'ｏpen:1'],
  ['a letter in two parts', 'open:e\u0301'],
  ['a mark without a width', 'open:1\u200b'],
  ['a mark that turns the direction', 'open:\u202e1'],
  ['a hash tag of Redis', 'open:{1}'],
  ['a pattern of Redis', 'open:*'],
  ['an empty segment', 'open:'],
  ['a space', 'open:1 '],
  ['a name of the protocol', 'rt.online'],
  ['one letter too many', `open:${'x'.repeat(251)}`],
])('%s makes no name of a channel', async (_, name) => {
  const { get, post } = await serve();
  expect(await codeOf(await get(`?channel=${encodeURIComponent(name)}`))).toEqual([400, 'channel_invalid']);
  const [answer] = await framesOf(await post('', [{ type: 'history', id: 1, channel: name }]));
  expect(answer).toMatchObject({ error: { code: 'channel_invalid' } });
});

// RT-SAFE-4
test('a name is another one in other letters, encoded once more, and with dots in it', async () => {
  const { get, hub } = await serve();
  await hub.channel('open:a').publish('said', 'secret');
  for (const name of ['open:A', 'open:%61', 'open:..', 'open:x/../a', 'open:a.']) {
    const page = JSON.parse(await (await get(`?channel=${encodeURIComponent(name)}`)).text()) as object;
    expect(page).toMatchObject({ channel: name, publications: [] });
  }
  expect(await codeOf(await get('?channel=Open:a'))).toEqual([404, 'channel_unknown']);
  expect(await codeOf(await get('?channel=open:a:a'))).toEqual([404, 'channel_unknown']);
});
