import { createClient } from '@rt/client';
import { createHooks } from '@rt/react';
import { within } from '@rt/testkit';
import { Component, createElement as h } from 'react';
import type { ReactNode } from 'react';
import { describe, expect, test } from 'vitest';
import type { channels } from '../client/ground.ts';
import {
  reactGround,
  RtProvider,
  useChannelState,
  useChannelStatus,
  useClient,
  useConnection,
  usePending,
  usePresence,
} from './ground.ts';
import { mount, openPage } from './page.ts';

openPage();

function Page() {
  const sum = useChannelState('room:1', (before, { data }) => before + Number(data), 40);
  const { count } = usePresence('room:1');
  return [useConnection().state, useChannelStatus('room:1').state, sum, count, usePending('room:1').length].join(' ');
}

describe('a page that a server renders', () => {
  test('shows what there is before anything has come, and asks for nothing', async () => {
    const { rt, told } = await reactGround();
    const { renderToString } = await import('react-dom/server');
    expect(renderToString(h(RtProvider, { client: rt }, h(Page)))).toBe('idle idle 40 0 0');
    expect(rt.status).toEqual({ state: 'idle' });
    expect(told).toEqual([]);
  });

  test('is taken over without a difference, also by a client that is live already', async () => {
    const { rt } = await reactGround();
    const first = await mount(h(RtProvider, { client: rt }, h(Page)));
    await first.shows('open live 40 0 0');
    const { hydrateRoot } = await import('react-dom/client');
    const container = document.createElement('div');
    container.innerHTML = 'idle idle 40 0 0';
    const faults: unknown[] = [];
    const { promise: shown, resolve } = Promise.withResolvers<string>();
    function Watched() {
      const text = Page();
      if (text.startsWith('open live')) resolve(text);
      return text;
    }
    const root = hydrateRoot(container, h(RtProvider, { client: rt }, h(Watched)), {
      onRecoverableError: (error) => faults.push(error),
    });
    expect(await shown).toBe('open live 40 0 0');
    expect(faults).toEqual([]);
    root.unmount();
  });
});

describe('a client that is created where there is no page', () => {
  test('renders, and says what it lacks when it is to connect', async () => {
    const { renderToString } = await import('react-dom/server');
    const rt = createClient<typeof channels>('/rt');
    const hooks = createHooks(rt);
    function Connection() {
      return hooks.useConnection().state;
    }
    expect(renderToString(h(Connection))).toBe('idle');
    const ended = new Promise<void>((resolve) => {
      rt.subscribe(() => rt.status.state === 'closed' && resolve());
    });
    rt.connect();
    await within('the end', ended);
    expect(rt.status).toMatchObject({ state: 'closed', error: { code: 'option_invalid' } });
  });
});

describe('the client of the hooks', () => {
  test('is the one they were created with, or that of the provider', async () => {
    const rt = createClient<typeof channels>('http://127.0.0.1:1/rt');
    const other = createClient<typeof channels>('http://127.0.0.1:2/rt');
    const hooks = createHooks(rt);
    const given: unknown[] = [];
    function Look() {
      given.push(hooks.useClient());
      return 'looked';
    }
    const page = await mount(h('p', null, h(Look), h(hooks.RtProvider, { client: other }, h(Look))));
    await page.shows('lookedlooked');
    expect(given[0]).toBe(rt);
    expect(given[1]).toBe(other);
  });

  test('is missed with what to do', async () => {
    class Boundary extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
      override state = { message: null };
      static getDerivedStateFromError(error: Error) {
        return { message: error.message };
      }
      override render() {
        return this.state.message ?? this.props.children;
      }
    }
    function Look() {
      return useClient().status.state;
    }
    const page = await mount(h(Boundary, null, h(Look)), { quiet: true });
    await page.shows('there is no client: render inside an RtProvider, or give createHooks a client');
  });
});
