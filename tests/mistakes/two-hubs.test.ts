import type { HubOptions } from '@rt/core';
import { createHub, memoryBroker } from '@rt/core';
import { expect, onTestFinished, test } from 'vitest';
import { channels as common, hosts, reached, serve, serveFastify, visit } from './apps.ts';
import { terminal } from './terminal.ts';

let apps = 0;

/** Makes hubs of one app, with channels that no other app in this process has. */
function app() {
  apps += 1;
  const { definitions } = common;
  const channels = { definitions: { ...definitions, [`app-${apps}`]: definitions['room:{id}'] } } as typeof common;
  return (options: HubOptions = {}) => {
    const hub = createHub({ channels, ...options });
    onTestFinished(() => hub.close({ withinMs: 100 }));
    return hub;
  };
}

// RT-FIRST-8
test.each(hosts)('%s: publishing to another hub than the one that is mounted says that there are two', async (host) => {
  const { lines } = terminal();
  const newHub = app();
  const client = visit(await serve(host, newHub()));
  client.channel('room:1').on('said', () => {});
  await reached('the room', client.channel('room:1'), ({ state }) => state === 'live');
  const other = newHub();
  for (const id of [1, 2, 1]) await other.channel(`room:${id}`).publish('said', { text: 'hi' });
  expect(lines()).toEqual([
    expect.stringMatching(
      /two hubs of the same channels .*Call createHub once, and import that hub wherever you publish/,
    ),
  ]);
});

// RT-FIRST-8
test('hubs that are two on purpose are left alone', async () => {
  const { lines } = terminal();
  const newHub = app();
  const ports = [await serve('Express', newHub()), await serveFastify(newHub())];
  for (const port of ports) {
    const room = visit(port).channel('room:1');
    room.on('said', () => {});
    await reached('the room', room, ({ state }) => state === 'live');
  }
  const apart = newHub({ broker: memoryBroker() });
  await apart.channel('room:1').publish('said', { text: 'said to be apart' });
  await newHub().channel('room:2').publish('said', { text: 'nobody reads that' });
  expect(lines()).toEqual([]);
});
