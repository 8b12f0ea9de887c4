import { fromResponse } from '@rt/client';
import { createElement as h } from 'react';
import { describe, expect, test } from 'vitest';
import { reactGround, RtProvider, useChannel, useChannelState, usePending, usePublications } from './ground.ts';
import { mount, openPage } from './page.ts';

openPage();

function numbers(publications: readonly { readonly data: unknown }[]): string {
  return publications.map(({ data }) => String(data)).join(' ');
}

describe('usePublications', () => {
  function List({ last = 3, event }: { readonly last?: number; readonly event?: 'said' | 'counted' }) {
    return numbers(usePublications('room:1', { last, ...(event !== undefined && { event }) }));
  }

  // RT-REACT-1
  test('shows what was before, and what comes; whoever is mounted later shows the same', async () => {
    const { rt, told, say } = await reactGround();
    await say(1, 2, 3, 4);
    const both = (later: boolean) =>
      h(RtProvider, { client: rt }, h('p', null, h(List)), later && h('p', null, ' | ', h(List, { last: 4 })));
    const page = await mount(both(false), { strict: true });
    await page.shows('2 3 4');
    await say(5);
    await page.shows('3 4 5');
    page.render(both(true));
    await page.shows('3 4 5 | 2 3 4 5');
    await say(6);
    await page.shows('4 5 6 | 3 4 5 6');
    expect(told).toEqual(['subscribed room:1']);
  });

  test('lists one event', async () => {
    const { rt, hub, say } = await reactGround();
    await say(1);
    await hub().channel('room:1').publish('counted', { n: 1 });
    await say(2);
    const page = await mount(h(RtProvider, { client: rt }, h(List, { event: 'said', last: 5 })));
    await page.shows('1 2');
  });

  test('loses nothing when the road is cut, and renders once for what comes at once', async () => {
    const { rt, proxy, say } = await reactGround();
    await say(0);
    const page = await mount(h(RtProvider, { client: rt }, h(List, { last: 500 })), { strict: true });
    await page.shows('0');
    proxy.cut();
    const many = Array.from({ length: 200 }, (_, n) => n);
    await say(...many.slice(1));
    const before = page.commits.length;
    proxy.mend();
    await page.shows(many.join(' '));
    expect(page.commits.length - before).toBeLessThan(20);
  });

  // RT-REACT-2
  test('begins anew when publications are missing', async () => {
    const { rt, say, hub, restart } = await reactGround();
    await say(1, 2);
    const page = await mount(h(RtProvider, { client: rt }, h(List)));
    await page.shows('1 2');
    await restart();
    await hub().channel('room:1').publish('said', 7);
    await page.shows('7');
    await hub().channel('room:1').publish('said', 8);
    await page.shows('7 8');
    // What was there is shown until there is something else.
    expect(page.commits.slice(page.commits.indexOf('1 2'))).toEqual(['1 2', '7', '7 8']);
  });
});

describe('useChannelState', () => {
  const add = (sum: number, publication: { readonly data: unknown }): number => sum + Number(publication.data);

  test('reduces all from the start, a page after the other, each once', async () => {
    const { rt, say } = await reactGround();
    const many = Array.from({ length: 250 }, (_, n) => n + 1);
    await say(...many);
    function Sum() {
      return String(useChannelState('room:1', (sum, publication) => add(sum, publication), 0, { from: 'start' }));
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Sum)), { strict: true });
    await page.shows(String((250 * 251) / 2));
    await say(1_000_000);
    await page.shows(String((250 * 251) / 2 + 1_000_000));
  });

  test('from now on counts what comes', async () => {
    const { rt, say, toldSo } = await reactGround();
    await say(1);
    const reduce = (list: string, { data }: { readonly data: unknown }): string => `${list}${String(data)}`;
    function Texts() {
      return useChannelState('room:1', reduce, '');
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Texts)));
    await toldSo('subscribed room:1');
    await say(2, 3);
    await page.shows('23');
  });

  test('goes on from the state that a server has rendered', async () => {
    const { rt, say, hub } = await reactGround();
    await say(1, 2);
    const { state, position } = await hub()
      .channel('room:1')
      .withPosition(() => 3);
    await say(3);
    function Sum() {
      return String(useChannelState('room:1', add, state, { from: { after: position } }));
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Sum)));
    await page.shows('6');
    expect(page.commits[0]).toBe('3');
  });

  test('reads the state with its position, again after a gap, and follows it', async () => {
    const { rt, hub, restart } = await reactGround();
    let total = 0;
    const say = async (number: number): Promise<void> => {
      total += number;
      await hub().channel('room:1').publish('said', number);
    };
    await say(1);
    let loads = 0;
    const load = async () => {
      loads += 1;
      const { state, position } = await hub()
        .channel('room:1')
        .withPosition(() => total);
      return fromResponse<number>(Response.json(state, { headers: { 'rt-position': position } }));
    };
    function Sum() {
      return String(useChannelState('room:1', add, Number.NaN, { load }));
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Sum)), { strict: true });
    await page.shows('1');
    await say(2);
    await page.shows('3');
    expect(loads).toBe(1);
    await restart();
    await say(4);
    await page.shows('7');
    await say(8);
    await page.shows('15');
    expect(page.commits.slice(page.commits.indexOf('1'))).toEqual(['1', '3', '7', '15']);
  });

  test('a component that has another name begins anew', async () => {
    const { rt, hub } = await reactGround();
    await hub().channel('room:1').publish('said', 1);
    await hub().channel('room:2').publish('said', 2);
    function List({ id }: { readonly id: string }) {
      return numbers(usePublications(`room:${id}`));
    }
    const element = (id: string) => h(RtProvider, { client: rt }, h(List, { id }));
    const page = await mount(element('1'));
    await page.shows('1');
    page.render(element('2'));
    await page.shows('2');
    expect(page.commits).not.toContain('1 2');
  });
});

describe('usePending', () => {
  function Talk({ told }: { readonly told: (room: ReturnType<typeof useRoom>) => void }) {
    const room = useRoom();
    told(room);
    const list = numbers(usePublications('room:1', { last: 9 }));
    const pending = usePending('room:1').map(({ data, error }) => `${JSON.stringify(data)}${error?.code ?? ''}`);
    return `${list} | ${pending.join(' ')}`;
  }
  function useRoom() {
    return useChannel('room:1');
  }

  // RT-REACT-3
  test('shows at once what is published, until it is in the list: never in both, never in neither', async () => {
    const { rt, proxy } = await reactGround();
    const rooms = new Set<ReturnType<typeof useRoom>>();
    const page = await mount(h(RtProvider, { client: rt }, h(Talk, { told: (one) => void rooms.add(one) })));
    await page.shows(' | ');
    const [room] = rooms;
    await room?.publish('said', 1, { optimistic: true });
    await page.shows('1 | ');
    proxy.cut();
    void room?.publish('said', 2, { optimistic: true });
    void room?.publish('said', 3, { optimistic: true });
    await page.shows('1 | 2 3');
    proxy.mend();
    await page.shows('1 2 3 | ');
    for (const commit of page.commits) expect(commit).toMatch(/^( \| (1( 2 3)?)?|1 \| (2( 3)?)?|1 2 \| 3|1 2 3 \| )$/);
  });

  test('shows what is refused with the reason, until it is dismissed; nobody has to catch it', async () => {
    const { rt } = await reactGround();
    const rooms = new Set<ReturnType<typeof useRoom>>();
    const page = await mount(h(RtProvider, { client: rt }, h(Talk, { told: (one) => void rooms.add(one) })));
    await page.shows(' | ');
    const [room] = rooms;
    void room?.publish('counted', { n: 1 }, { optimistic: true });
    await page.shows(' | {"n":1}publish_denied');
    room?.pending.getSnapshot()[0]?.dismiss();
    await page.shows(' | ');
  });
});
