import { createClient } from '@rt/client';
import { Connection, element, Road, showConnection } from '@rt/example-ui';
import type { TokenChannels } from '../channels.ts';
import { goTo, linkOf, replyInAddress } from './address.ts';
import { composer } from './composer.ts';
import { JobView } from './job-view.ts';
import { ReplyList } from './reply-list.ts';
import { ReplyReader } from './reply-reader.ts';
import { ReplyView } from './reply-view.ts';

/** How long the words about a reconnect stay before they are `live over WebSocket` again. */
const resumedMs = 8000;

let reader: ReplyReader | null = null;
let resumedAtMs = -Infinity;
let drawing = false;

const road = new Road();
const client = createClient<TokenChannels>('/rt', { environment: road.environment });
const replies = client.channel('replies', { from: 'start' });

const connection = new Connection({
  road,
  onState(state, before) {
    if (state.name === 'live' && before.name === 'reconnecting') {
      resumedAtMs = Date.now();
      void reader?.caughtUp();
    } else if (before.name === 'live') {
      reader?.away();
    }
    drawSoon();
  },
});

const list = new ReplyList(replies, (replyId) => show(replyId));
const indexing = client.channel('job:index', { from: 'start' });
const job = new JobView(indexing);
const view = new ReplyView({
  stop: () => reader?.stop() ?? Promise.resolve(),
  ask: (question) => void ask(question),
});
const ask = composer(road.environment.fetch, (replyId) => show(replyId));

for (const channel of [replies, indexing]) {
  channel.onAny(drawSoon);
  channel.onGap(drawSoon);
}
connection.watch(client, replies);
element('#cut').addEventListener('click', () => connection.toggle());
element('.bar h1 a').addEventListener('click', (event) => {
  event.preventDefault();
  show(null);
  element('#ask').focus();
});
addEventListener('popstate', () => read(replyInAddress()));
// A countdown goes on with the clock, and the words about a reconnect end with it.
setInterval(() => {
  if (connection.state.name !== 'live' || Date.now() - resumedAtMs < resumedMs + 1000) drawSoon();
}, 250);
void questions();
read(replyInAddress());

/** Goes to the page of an answer, or to that of the questions. */
function show(replyId: string | null): void {
  goTo(replyId);
  read(replyId);
  scrollTo(0, 0);
  // The button that was pressed may be gone: the focus goes on to what is read.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) element('#question').focus({ preventScroll: true });
  });
}

function read(replyId: string | null): void {
  reader?.close();
  reader = replyId === null ? null : new ReplyReader(client, replyId, drawSoon);
  resumedAtMs = -Infinity;
  drawSoon();
}

async function questions(): Promise<void> {
  const response = await road.environment.fetch('/questions');
  view.offer((await response.json()) as readonly string[]);
  drawSoon();
}

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const nowMs = Date.now();
    const reading = reader?.reading ?? null;
    const caughtUp = nowMs - resumedAtMs < resumedMs ? (reading?.track.lastCaughtUp ?? 0) : 0;
    showConnection(connection.state, caughtUp > 0 ? { caughtUp, gapReason: null } : null, nowMs);
    view.draw({ reading, live: connection.state.name === 'live', link: linkOf(reading?.replyId ?? null) });
    list.draw(reading?.replyId ?? null);
    job.draw(connection.state.name === 'live');
  });
}
