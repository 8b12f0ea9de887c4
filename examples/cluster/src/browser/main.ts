import type { Client } from '@rt/client';
import { chat } from '@rt/example-fastify-chat/browser';
import type { AboutCluster, NodeState, ProxyState } from '../cluster-channels.ts';
import type { Beat } from './beats.ts';
import { Beats } from './beats.ts';
import type { Fall } from './lane-drawing.ts';
import { Strip } from './strip.ts';

/** What came later than this after it was said was missed. */
const lateMs = 600;

const beats = new Beats();
const nodes = new Map<string, NodeState>();
const proxies = new Map<string, ProxyState>();
const falls: Fall[] = [];
let client: Client<AboutCluster> | null = null;
let here: string | null = null;
let served: string | null = null;
let moves = 0;
let position: string | null = null;
/** A beat has come when it was said: what is late from then on was missed. */
let begun = false;
let drawing = false;

const strip = new Strip((name) => {
  // The node that is asked may be the one that is killed, and does not answer then.
  client
    ?.channel('cluster')
    .send('kill', name)
    .catch(() => {});
});

// The chat's own connection: what is shown is true of the messages below.
chat.readAlso((ofChat) => {
  // The chat knows its rooms; the hub has these channels as well.
  const also = ofChat as unknown as Client<AboutCluster>;
  client = also;
  const cluster = also.channel('cluster', { from: 'start' });
  const pulse = also.channel('pulse', { from: position === null ? { last: 240 } : { after: position } });
  const stops = [
    cluster.on('node', (state) => {
      if (nodes.get(state.name)?.state === 'up' && state.state === 'down') {
        falls.push({ node: state.name, n: beats.newest });
      }
      nodes.set(state.name, state);
      drawSoon();
    }),
    cluster.on('proxy', (state) => void proxies.set(state.name, state)),
    pulse.on('beat', ({ n, atMs }) => {
      beats.add({ n, node: here, came: cameHow(atMs) });
      drawSoon();
    }),
    also.subscribe(() => {
      here = null;
      if (also.status.state === 'open') void ask(also);
      drawSoon();
    }),
  ];
  if (also.status.state === 'open') void ask(also);
  return () => {
    position = pulse.position;
    for (const stop of stops) stop();
  };
});
setInterval(drawSoon, 500);
addEventListener('resize', drawSoon);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawSoon);

function cameHow(atMs: number): Beat['came'] {
  const late = chat.catchUp.serverNowMs(Date.now()) - atMs > lateMs;
  begun ||= !late;
  if (!late) return 'live';
  return begun ? 'missed' : 'before';
}

/** Asks the node that has the session which one it is. */
async function ask(asked: Client<AboutCluster>): Promise<void> {
  const answer = await asked
    .channel('cluster')
    .send<{ readonly node: string }>('where', null)
    .catch(() => null);
  if (answer === null || asked !== client || asked.status.state !== 'open') return;
  here = answer.node;
  if (served !== null && served !== here) moves += 1;
  served = here;
  beats.from(here);
  drawSoon();
}

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const inOrder = [...nodes.values()].toSorted((one, other) => one.number - other.number);
    const nowMs = chat.catchUp.serverNowMs(Date.now());
    strip.draw({ nodes: inOrder, proxies: [...proxies.values()], here, beats, falls, moves, nowMs });
  });
}
