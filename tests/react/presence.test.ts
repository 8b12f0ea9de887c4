import { within } from '@rt/testkit';
import { createElement as h } from 'react';
import { describe, expect, test } from 'vitest';
import { reactGround, RtProvider, useMembership, usePresence } from './ground.ts';
import { mount, openPage } from './page.ts';

openPage();

/** What listeners of the hub are told of the room, and how to wait for it. */
async function watched() {
  const around = await reactGround();
  const events: string[] = [];
  let wake = (): void => {};
  around.hub().onPresence((event) => {
    if (event.type !== 'joined' && event.type !== 'left') return;
    events.push(`${event.user} ${event.type}`);
    wake();
  });
  const user = (name: string) => around.client('sse', { headers: { 'x-user': name } });
  return {
    ...around,
    events,
    user,
    async until(wanted: string): Promise<void> {
      while (events.at(-1) !== wanted) {
        await within(`"${wanted}", after "${events.join(', ')}"`, new Promise<void>((resolve) => (wake = resolve)));
      }
    },
  };
}

function Members({ name }: { readonly name: string | null }) {
  const { members, error } = usePresence('room:1', { enter: name === null ? null : { name } });
  return error === null ? members.map(({ user, state }) => `${user}:${state.name}`).join(' ') : error.code;
}

describe('usePresence', () => {
  // RT-REACT-4
  test('is a member while it is mounted, once also in strict mode, and shows what it is given', async () => {
    const { user, events, until } = await watched();
    const [ada, bob] = [user('ada'), user('bob')];
    const page = await mount(h(RtProvider, { client: ada }, h(Members, { name: 'Ada' })), { strict: true });
    await page.shows('ada:Ada');
    const other = await mount(h(RtProvider, { client: bob }, h(Members, { name: null })));
    await other.shows('ada:Ada');
    page.render(h(RtProvider, { client: ada }, h(Members, { name: 'Countess' })));
    await other.shows('ada:Countess');
    other.render(h(RtProvider, { client: bob }, h(Members, { name: 'Bob' })));
    await page.shows('ada:Countess bob:Bob');
    page.unmount();
    await until('ada left');
    await other.shows('bob:Bob');
    other.render(h(RtProvider, { client: bob }, h(Members, { name: null })));
    await until('bob left');
    expect(events).toEqual(['ada joined', 'bob joined', 'ada left', 'bob left']);
  });

  test('a component that takes the place of another leaves nothing, and of two that enter one may go', async () => {
    const { user, events, until } = await watched();
    const rt = user('ada');
    const element = (...names: readonly string[]) =>
      h(RtProvider, { client: rt }, ...names.map((name) => h(Members, { key: name, name })));
    const page = await mount(element('one'));
    await page.shows('ada:one');
    page.render(element('two'));
    await page.shows('ada:two');
    page.render(element('two', 'three'));
    await page.shows('ada:threeada:three');
    page.render(element('two'));
    await page.shows('ada:two');
    expect(events).toEqual(['ada joined']);
    page.unmount();
    await until('ada left');
  });

  test('shows why it was refused', async () => {
    const { user } = await watched();
    function Board() {
      return usePresence('board:1', { enter: 'Ada' as never }).error?.code ?? 'none';
    }
    const page = await mount(h(RtProvider, { client: user('ada') }, h(Board)));
    await page.fits('the refusal', (text) => text !== 'none' && text !== '');
    expect(page.text()).toBe('presence_unsupported');
  });
});

describe('useMembership', () => {
  test('is not rendered by who else is there', async () => {
    const { user, until } = await watched();
    let renders = 0;
    function Here() {
      renders += 1;
      useMembership('room:1', { name: 'Ada' });
      return 'here';
    }
    const page = await mount(h(RtProvider, { client: user('ada') }, h(Here)));
    await until('ada joined');
    const before = renders;
    await user('bob').channel('room:1').presence.enter({ name: 'Bob' });
    await until('bob joined');
    const other = await mount(h(RtProvider, { client: user('carl') }, h(Members, { name: null })));
    await other.shows('ada:Ada bob:Bob');
    expect(renders).toBe(before);
    expect(page.text()).toBe('here');
  });
});
