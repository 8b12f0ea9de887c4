import { within } from '@rt/testkit';
import { createElement as h, useState } from 'react';
import { describe, expect, test } from 'vitest';
import { reactGround, RtProvider, useChannel, useChannelStatus, useConnection } from './ground.ts';
import { mount, openPage } from './page.ts';

openPage();

describe('useChannel', () => {
  test('calls the listeners of the latest render, reads once, and renders for nothing', async () => {
    const { rt, told, toldSo, say } = await reactGround();
    const heard: string[] = [];
    let renders = 0;
    let heardAll = (): void => {};
    function Listener({ as }: { readonly as: string }) {
      renders += 1;
      useChannel('room:1', {
        on: {
          said: (data) => {
            heard.push(`${as} ${data}`);
            heardAll();
          },
        },
      });
      return as;
    }
    const element = (as: string) => h(RtProvider, { client: rt }, h(Listener, { as }));
    const page = await mount(element('first'), { strict: true });
    await toldSo('subscribed room:1');
    const heardOne = new Promise<void>((resolve) => (heardAll = resolve));
    await say(1);
    await within('the first', heardOne);
    page.render(element('second'));
    await page.shows('second');
    const before = renders;
    const heardMore = new Promise<void>((resolve) => (heardAll = () => heard.length === 4 && resolve()));
    await say(2, 3, 4);
    await within('the others', heardMore);
    expect(heard).toEqual(['first 1', 'second 2', 'second 3', 'second 4']);
    expect(renders).toBe(before);
    expect(told).toEqual(['subscribed room:1']);
    page.unmount();
    await toldSo('unsubscribed room:1');
  });

  test('without listeners publishes, and reads nothing', async () => {
    const { rt, told, hub } = await reactGround();
    const positions: (string | null)[] = [];
    function Publisher() {
      const room = useChannel('room:1');
      const [position, setPosition] = useState('');
      const publish = async () => {
        positions.push(await room.publish('said', 1));
        setPosition('stored');
      };
      return h('button', { onClick: () => void publish() }, position);
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Publisher)), { strict: true });
    await page.fits('the button', () => page.commits.length > 0);
    const button = page.container.querySelector('button');
    document.body.append(page.container);
    button?.click();
    await page.shows('stored');
    expect((await hub().channel('room:1').history({ last: 9 })).publications.map(({ position }) => position)).toEqual(
      positions,
    );
    expect(told).toEqual([]);
  });

  test('leaves one channel for another when its name is another', async () => {
    const { rt, told, toldSo } = await reactGround();
    const rooms = new Set<object>();
    function Room({ id }: { readonly id: string }) {
      const room = useChannel(`room:${id}`, { onAny: () => {} });
      rooms.add(room);
      return room.name;
    }
    const element = (id: string) => h(RtProvider, { client: rt }, h(Room, { id }));
    const page = await mount(element('1'));
    await toldSo('subscribed room:1');
    page.render(element('1'));
    page.render(element('2'));
    await page.shows('room:2');
    await toldSo('subscribed room:2');
    await toldSo('unsubscribed room:1');
    expect(told).toEqual(['subscribed room:1', 'subscribed room:2', 'unsubscribed room:1']);
    expect(rooms.size).toBe(2);
  });

  test('tells what is missing', async () => {
    const { rt, toldSo, say, restart } = await reactGround();
    function Gaps() {
      const [reasons, setReasons] = useState('');
      useChannel('room:1', { onGap: ({ reason }) => setReasons((before) => `${before} ${reason}`) });
      return reasons;
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Gaps)));
    await toldSo('subscribed room:1');
    await say(1);
    await restart();
    await page.shows(' epoch_changed');
  });
});

describe('useChannelStatus and useConnection', () => {
  test('show what they are, and publications do not render them', async () => {
    const { rt, say, proxy } = await reactGround();
    let renders = 0;
    let last = 0;
    let reached = (): void => {};
    function Status() {
      renders += 1;
      return `${useChannelStatus('room:1').state} ${useConnection().state}`;
    }
    function Counter() {
      useChannel('room:1', {
        on: {
          said(data) {
            last = data;
            reached();
          },
        },
      });
      return null;
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Status), h(Counter)));
    await page.shows('live open');
    const before = renders;
    const all = new Promise<void>((resolve) => (reached = () => last === 20 && resolve()));
    await say(...Array.from({ length: 20 }, (_, n) => n + 1));
    await within('all of them', all);
    expect(renders).toBe(before);
    expect(page.text()).toBe('live open');
    proxy.cut();
    await page.fits('the loss', (text) => text.startsWith('recovering'));
    proxy.mend();
    await page.shows('live open');
  });

  test('a channel that may not be read is denied', async () => {
    const { client } = await reactGround();
    const rt = client('sse', { headers: { 'x-user': 'mallory' } });
    function Status() {
      const status = useChannelStatus('room:1');
      return status.state === 'denied' ? status.error.code : status.state;
    }
    const page = await mount(h(RtProvider, { client: rt }, h(Status)));
    await page.shows('subscribe_denied');
  });
});
