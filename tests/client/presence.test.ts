import type { PresenceSnapshot } from '@rt/client';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { TestClient } from './ground.ts';
import { ground, transports } from './ground.ts';

/** Looks at who is in a room until it fits. */
function looking(client: TestClient, name: 'room:1') {
  const { presence } = client.channel(name);
  let wake = (): void => {};
  const stop = presence.subscribe(() => wake());
  const shown = (): string =>
    presence.members.map(({ user, state, connections }) => `${user} ${state.name} ${connections}`).join(', ');
  return {
    presence,
    stop,
    async until(wanted: string): Promise<PresenceSnapshot<{ name: string }>> {
      while (shown() !== wanted) {
        await within(`"${wanted}", after "${shown()}"`, new Promise<void>((resolve) => (wake = resolve)));
      }
      return presence.getSnapshot();
    },
  };
}

describe.each(transports)('presence over %s', (transport) => {
  test('members come, change and go; a member that has not changed is the same object', async () => {
    const { client } = await ground();
    const ada = client(transport, { headers: { 'x-user': 'ada' } });
    const bob = client(transport, { headers: { 'x-user': 'bob' } });
    const seen = looking(ada, 'room:1');
    await ada.channel('room:1').presence.enter({ name: 'Ada' });
    await seen.until(`${transport === 'websocket' ? 'anonymous' : 'ada'} Ada 1`);
    const before = seen.presence.getSnapshot();
    expect(seen.presence.getSnapshot()).toBe(before);
    if (transport === 'websocket') return;
    await bob.channel('room:1').presence.enter({ name: 'Bob' });
    const both = await seen.until('ada Ada 1, bob Bob 1');
    expect(both.members[0]).toBe(before.members[0]);
    expect([both.count, both.connections, both.complete]).toEqual([2, 2, true]);
    await bob.channel('room:1').presence.update({ name: 'Robert' });
    await seen.until('ada Ada 1, bob Robert 1');
    await bob.channel('room:1').presence.leave();
    await seen.until('ada Ada 1');
    seen.stop();
  });

  test('one that enters while the session opens is a member', async () => {
    const { client } = await ground();
    // What presence needs is loaded by now, so that the other one enters before the server has answered.
    await client(transport).channel('room:1').presence.enter({ name: 'Bob' });
    let entering: Promise<void> | null = null;
    const rt = client(transport, {
      // Asked for when the session's first frames have been written.
      headers() {
        entering ??= rt.channel('room:1').presence.enter({ name: 'Ada' });
        return {};
      },
    });
    rt.connect();
    const seen = looking(rt, 'room:1');
    await seen.until('anonymous Ada 2');
    await within('its answer', entering ?? Promise.reject(new Error('never asked for')));
    seen.stop();
  });

  test('a member that is cut is entered again, and was never away', async () => {
    const { client, hub, proxy } = await ground();
    const told: string[] = [];
    hub().onPresence((event) => {
      if (event.type === 'joined' || event.type === 'left') told.push(event.type);
    });
    const rt = client(transport);
    const seen = looking(rt, 'room:1');
    await rt.channel('room:1').presence.enter({ name: 'Ada' });
    await seen.until('anonymous Ada 1');
    for (let cut = 0; cut < 3; cut += 1) {
      proxy.cut();
      proxy.mend();
      await rt.channel('room:1').presence.update({ name: `Ada ${cut}` });
      await seen.until(`anonymous Ada ${cut} 1`);
    }
    expect((await hub().channel('room:1').members()).connections).toBe(1);
    rt.close();
    const gone = new Promise<void>((resolve) => {
      hub().onPresence((event) => void (event.type === 'left' && resolve()));
    });
    await within('the goodbye', gone);
    expect(told.slice(0, 1)).toEqual(['joined']);
  });
});
