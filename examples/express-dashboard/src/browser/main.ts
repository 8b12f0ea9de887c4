import './language.ts';
import { CatchUp } from './catch-up.ts';
import { Charts, type View } from './charts.ts';
import { moveByKey } from './keyboard.ts';
import { Marks, type Mark } from './marks.ts';
import { cutButton, plots, showFacts, showFigures, showStatus, showViewers } from './page.ts';
import { isSample } from './sample.ts';
import { Stream } from './stream.ts';
import { onSchemeChange } from './theme.ts';
import { factsOf, Track } from './track.ts';
import { browserName, ownId, Viewers } from './viewers.ts';

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

const viewers = new Viewers({
  url: '/rt',
  channel: 'host:metrics',
  on: browserName(navigator.userAgent),
  onChange: (all) => showViewers(all, ownId()),
});

const stream = new Stream({
  url: '/rt',
  channel: 'host:metrics',
  event: 'sample',
  last: spanSeconds,
  onState(state) {
    if (state.name === 'live') viewers.join();
    else if (state.name === 'reconnecting' && state.why === 'cut') viewers.drop();
    if (state.name === 'live' && track.times.length > 0) {
      resumed = { atMs: Date.now(), gapReason: null };
      catchUp.reopened(resumed.atMs);
    }
    drawSoon();
  },
  onPublication({ position, data }) {
    if (!isSample(data)) return;
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
});

const charts = new Charts(view(), spanSeconds, (row) => {
  pointedRow = row;
  drawFigures();
});

cutButton.addEventListener('click', () => {
  if (stream.state.name === 'live' || stream.state.name === 'connecting') stream.cut();
  else stream.retryNow();
});
plots.addEventListener('keydown', (event) => moveByKey(event, charts, pointedRow, track.times.length));
plots.addEventListener('blur', () => charts.point(null));
onSchemeChange(() => charts.restyle());
// While live, publications draw the page; otherwise the words and the empty end of the charts go on with the clock.
setInterval(() => {
  if (stream.state.name !== 'live' || Date.now() - resumed.atMs < resumedMs + 1000) drawSoon();
}, 250);
drawSoon();

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const nowMs = Date.now();
    const isRecent = nowMs - resumed.atMs < resumedMs;
    charts.draw(view());
    drawFigures();
    showStatus(stream.state, isRecent ? { caughtUp: catchUp.count, gapReason: resumed.gapReason } : null, nowMs);
    showFacts(factsOf(track.positions), catchUp.count, gapReason);
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
  const isLive = stream.state.name === 'live';
  const untilTime = isLive ? lastTime : Math.max(lastTime, nowTime);
  const away: Mark = { kind: 'away', fromTime: lastTime, toTime: untilTime };
  const told = marks.between(untilTime - spanSeconds, untilTime);
  return { track, untilTime, marks: isLive ? told : [...told, away] };
}
