import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { within } from '@rt/testkit';
import { Server as SocketIoServer } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { holdFront } from '../mounts/front.ts';
import type { HostRig, MountOptions, Served } from './rig.ts';

/** Another upgrader of the same server, and how a client meets it. */
interface Neighbour {
  readonly name: string;
  /** Returns how to stop. */
  add(server: Server): () => unknown;
  readonly path: string;
  readonly protocol: string;
}

/** Answers or destroys whatever is not its own. */
const ws: Neighbour = {
  name: 'ws with a server and a path',
  path: '/other',
  protocol: 'other',
  add: (server) => {
    const other = new WebSocketServer({ server, path: '/other' });
    return () => other.close();
  },
};

/** Destroys whatever has had no answer after a while. */
const socketIo: Neighbour = {
  name: 'Socket.IO',
  path: '/socket.io/?EIO=4&transport=websocket',
  protocol: 'other',
  add: (server) => {
    const io = new SocketIoServer();
    io.attach(server, { destroyUpgradeTimeout: 50 });
    return () => io.engine.close();
  },
};

/** Takes what asks for its subprotocol, wherever, and leaves the rest alone, as Vite does for its pages. */
const vite: Neighbour = {
  name: 'one like Vite',
  path: '/',
  protocol: 'vite-hmr',
  add: (server) => {
    const hmr = new WebSocketServer({ noServer: true });
    const onUpgrade = (
      ...upgrading: Parameters<WebSocketServer['handleUpgrade']> extends [...infer First, unknown] ? First : never
    ): void => {
      if (upgrading[0].headers['sec-websocket-protocol'] === 'vite-hmr') hmr.handleUpgrade(...upgrading, () => {});
    };
    server.on('upgrade', onUpgrade);
    return () => hmr.close();
  },
};

const orders = ['before us', 'after us'] as const;

/** Other upgraders of the same server go on working, and do not keep ours from it. */
export function neighbourCases({ start, upgrade, webSocket, cleanUps }: HostRig): void {
  const startWith = async (
    neighbour: Neighbour,
    order: string,
    upgrades?: NonNullable<MountOptions['upgrades']>,
  ): Promise<Served> => {
    const stops: (() => unknown)[] = [];
    const add = (server: Server): void => void stops.push(neighbour.add(server));
    const served = await start(
      {},
      { ...(order === 'before us' ? { prepare: add } : {}), ...(upgrades ? { upgrades } : {}) },
    );
    for (const run of order === 'after us' ? [add] : []) run(served.server);
    cleanUps.push(() => stops.map((stop) => stop()));
    return served;
  };
  const theirs = async (port: number, { path, protocol }: Neighbour): Promise<string> =>
    (await upgrade(port, {}, { path, protocols: [protocol] })).type;

  describe('beside another upgrader', () => {
    // RT-HOST-6
    test.each(
      [vite, socketIo].flatMap((neighbour) => orders.map((order) => [neighbour.name, order, neighbour] as const)),
    )('%s, %s: each takes its own', async (_, order, neighbour) => {
      const { port } = await startWith(neighbour, order, { exclusive: false });
      expect((await upgrade(port)).type).toBe('open');
      expect(await theirs(port, neighbour)).toBe('open');
      expect((await upgrade(port, { 'x-locked-out': '1' })).type).toBe('refused');
    });

    // RT-HOST-7
    test.each(
      [vite, socketIo, ws].flatMap((neighbour) => orders.map((order) => [neighbour.name, order, neighbour] as const)),
    )('%s, %s, and exclusive: also an app that takes its time is left alone', async (_, order, neighbour) => {
      const { port, server } = await startWith(neighbour, order, { exclusive: true });
      const letGo = holdFront();
      const ours = webSocket(port, { 'x-held': '1' });
      const other = theirs(port, neighbour);
      expect(await other).toBe('open');
      // Whoever is patient for 50 ms with upgrades that are not its own has lost its patience with this one, which came later.
      const foreign = new Promise<Duplex>((resolve) => server.once('connection', resolve));
      const abandoned = upgrade(port, {}, { path: '/nobody', protocols: [] }).catch(() => null);
      const gone = new Promise((resolve) => void foreign.then((socket) => socket.once('close', resolve)));
      for (const socket of neighbour === vite ? [await foreign] : []) socket.destroy();
      await within('the end of what nobody takes', gone);
      await abandoned;
      letGo();
      expect((await (await ours).head).status).toBe(101);
    });

    // RT-HOST-6
    test('one that takes every upgrade wins, and nothing of ours is written to its connections', async () => {
      const greedy = (server: Server): void => {
        const all = new WebSocketServer({ server });
        all.on('connection', (socket) => {
          socket.on('message', (data) => socket.send(data));
        });
        cleanUps.push(() => all.close());
      };
      const { port, open } = await start({}, { prepare: greedy, upgrades: { exclusive: false } });
      const letGo = holdFront();
      for (const headers of [{ 'x-held': '1' }, { 'x-held': '1', 'x-locked-out': '1' }]) {
        const socket = await webSocket(port, headers, { protocols: [] });
        const echoed = new Promise((resolve) => socket.listen({ message: resolve, end: resolve }));
        letGo();
        expect((await upgrade(port, {}, { protocols: [] })).type).toBe('open');
        socket.send('still theirs');
        expect(await within('the echo', echoed)).toBe('still theirs');
      }
      expect(open()).toBe(0);
    });
  });
}
