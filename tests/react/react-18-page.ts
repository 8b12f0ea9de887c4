// A page with React 18, in a process of its own: `node react-18-page.ts <url of a hub>`. Prints what it shows.
import { registerHooks } from 'node:module';
import { createClient } from '@rt/client';
import { Window } from 'happy-dom';
import type { channels } from '../client/ground.ts';

const older: Readonly<Record<string, string>> = {
  react: 'react18',
  'react-dom': 'react-dom18',
  'react-dom/client': 'react-dom18/client',
};
registerHooks({
  resolve: (specifier, context, next) =>
    specifier in older
      ? next(older[specifier] ?? specifier, { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});
const window = new Window({ url: 'http://localhost/' });
Object.assign(globalThis, { window, document: window.document });

const { createElement, Profiler, StrictMode, version } = await import('react');
const { createRoot } = await import('react-dom/client');
const { createHooks } = await import('@rt/react');

const rt = createClient<typeof channels>(process.argv[2] ?? '', { transport: 'websocket' });
const { useChannelStatus, usePending, usePresence, usePublications, useChannel } = createHooks(rt);

function Room() {
  const room = useChannel('room:1', {
    on: { said: (data) => void (data === 2 && room.publish('said', 3, { optimistic: true })) },
  });
  const list = usePublications('room:1').map(({ data }) => JSON.stringify(data));
  const { members } = usePresence('room:1', { enter: { name: 'Ada' } });
  const pending = usePending('room:1').length;
  return [version, useChannelStatus('room:1').state, ...list, ...members.map(({ state }) => state.name), pending].join(
    ' ',
  );
}

const container = document.createElement('div');
const root = createRoot(container);
const onRender = (): void => void process.stdout.write(`${container.textContent}\n`);
root.render(createElement(StrictMode, null, createElement(Profiler, { id: 'page', onRender }, createElement(Room))));
process.stdin.resume().on('end', () => {
  root.unmount();
  rt.close();
});
