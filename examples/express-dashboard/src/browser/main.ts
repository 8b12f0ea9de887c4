import './language.ts';
import type { TransportName } from '@rt/client';
import { pollEvery } from '@rt/client';
import { CatchUp, Connection, Road, showConnection } from '@rt/example-ui';
import { parsePosition } from '@rt/protocol';
import { Charts, type View } from './charts.ts';
import { Feed } from './feed.ts';
import { moveByKey } from './keyboard.ts';
import { Marks, type Mark } from './marks.ts';
import { cutButton, plots, showFacts, showFigures, showTraffic, showViewers, transportSelect } from './page.ts';
import { isSample } from './sample.ts';
import { onSchemeChange } from './theme.ts';
import { factsOf, Track } from './track.ts';
import { browserName, ownId } from './viewer-names.ts';

const spanSeconds = 300;
/** How long the words about a reconnect stay before they are `live over SSE` again. */
const resumedMs = 8000;

const track = new Track(spanSeconds);
const catchUp = new CatchUp();
const marks = new Marks();
let gapReason: string | null = null;
let resumed = { atMs: -Infinity, gapReason: null as string | null };
let pointedRow: number | null = null;
let drawing = false;

const road = new Road();

const connection = new Connection({
  road,
  onState(state, before) {
    if (state.name === 'live' && before.name !== 'live' && track.times.length > 0) {
      resumed = { atMs: Date.now(), gapReason: null };
      catchUp.reopened(resumed.atMs);
    }
    drawSoon();
  },
});

const feed = new Feed({
  road,
  connection,
  last: spanSeconds,
  on: browserName(navigator.userAgent),
  onSample(printed, data) {
    const position = parsePosition(printed);
    if (position === null || !isSample(data)) return;
    const before = track.times.at(-1);
    track.append(position, data);
    const missed = catchUp.received(data.atMs, Date.now());
    if (before !== undefined) marks.point(before, track.times.at(-1) ?? before, missed);
    drawSoon();
  },
  onGap({ reason }) {
    gapReason = reason;
    resumed = { ...resumed, gapReason: reason };
    const before = track.times.at(-1);
    if (before !== undefined) {
      track.break();
      marks.gap(before, reason);
    }
    drawSoon();
  },
  onViewers: (viewers) => showViewers(viewers, ownId()),
});

const charts = new Charts(view(), spanSeconds, (row) => {
  pointedRow = row;
  drawFigures();
});

cutButton.addEventListener('click', () => connection.toggle());
transportSelect.addEventListener('change', () => useTransport(transportSelect.value as TransportName | 'auto'));
plots.addEventListener('keydown', (event) => moveByKey(event, charts, pointedRow, track.times.length));
plots.addEventListener('blur', () => charts.point(null));
onSchemeChange(() => charts.restyle());
// While live, publications draw the page; otherwise the words and the empty end of the charts go on with the clock.
setInterval(() => {
  if (connection.state.name !== 'live' || Date.now() - resumed.atMs < resumedMs + 1000) drawSoon();
}, 250);
useTransport('sse');
drawSoon();

/** Polls as often as there is something, for the comparison to be fair. */
function useTransport(name: TransportName | 'auto'): void {
  feed.use(name === 'poll' ? pollEvery(1000) : name);
}

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const nowMs = Date.now();
    const isRecent = nowMs - resumed.atMs < resumedMs;
    charts.draw(view());
    drawFigures();
    showConnection(
      connection.state,
      isRecent ? { caughtUp: catchUp.count, gapReason: resumed.gapReason } : null,
      nowMs,
    );
    showFacts(factsOf(track.positions), catchUp.count, gapReason);
    showTraffic(feed.traffic);
  });
}

function drawFigures(): void {
  const pointed = pointedRow === null ? null : track.sampleAt(pointedRow);
  showFigures(pointed ?? track.samples.at(-1) ?? null, pointed !== null);
}

function view(): View {
  const nowTime = catchUp.serverNowMs(Date.now()) / 1000;
  const lastTime = track.times.at(-1);
  if (lastTime === undefined) return { track, marks: [], untilTime: nowTime };
  const isLive = connection.state.name === 'live';
  const untilTime = isLive ? lastTime : Math.max(lastTime, nowTime);
  const away: Mark = { kind: 'away', fromTime: lastTime, toTime: untilTime };
  const told = marks.between(untilTime - spanSeconds, untilTime);
  return { track, untilTime, marks: isLive ? told : [...told, away] };
}
