import type { ConnectionState } from '@rt/example-ui';
import { element, setText, showConnection } from '@rt/example-ui';
import type { ColumnId } from '../columns.ts';
import { ActivityView } from './activity-view.ts';
import { Cards } from './cards.ts';
import { Changes } from './changes.ts';
import { ColumnsView } from './columns-view.ts';
import { dragByPointer } from './drag.ts';
import { Hand } from './hand.ts';
import { moveByKeys } from './keys.ts';
import { Line } from './line.ts';
import { showPeople } from './people-view.ts';
import { Pointers } from './pointers.ts';

/** How long the words about a reconnect stay before they are `live over WebSocket` again. */
const resumedMs = 8000;
/** How long a card says why it is not where it was put. */
const noteMs = 12_000;

const main = element('main');
const board = element('#board');
const role = element<HTMLSelectElement>('#role');
const cards = new Cards();
const activity = new ActivityView();
let gapReason: string | null = null;
let drawing = false;

const line = new Line({ onState, onMe: drawSoon });
const changes = new Changes({
  cards,
  ask: (change) => line.put(change),
  isLive: () => line.isLive,
  onChange: drawSoon,
  onNote(id, note) {
    // On the card, if there is one.
    if (cards.get(id) === null) return warn(note.text);
    say(`${id}: ${note.text}`);
    setTimeout(() => {
      cards.dismiss(id, note);
      drawSoon();
    }, noteMs);
  },
});
const hand = new Hand({ cards, changes, seen: () => line.board.position, onChange: held });
const view = new ColumnsView(board, { cards, onAdd: add });
const pointers = new Pointers(board, {
  tell: (point) => line.point(point),
  isHeard: () => line.isLive && line.board.presence.getSnapshot().count > 1,
});

line.board.on('card', (card, { position }) => {
  if (position !== null) cards.tell(card, position);
  drawSoon();
});
line.board.onGap(({ reason }) => {
  gapReason = reason;
  cards.forget();
  drawSoon();
});
line.board.presence.subscribe(() => {
  pointers.keep(new Set(line.board.presence.members.map(({ user }) => user)));
  drawSoon();
});
line.cursors.on('cursor', ({ by, ...point }) => {
  if (by.id !== line.me?.id) pointers.show(by, point);
});
line.activity.onAny((happening) => {
  activity.add(happening, line.catchUp.received(happening.data.atMs, Date.now()));
  drawSoon();
});
line.activity.onGap(() => activity.forget());

dragByPointer(board, hand);
moveByKeys(board, { cards, hand, view, say });
element('#cut').addEventListener('click', () => line.connection.toggle());
role.addEventListener('change', () => void changeRole());
// The words about the connection go on with the clock; everything else is drawn when it changes.
setInterval(showStatus, 250);
line.begin();
drawSoon();

function onState({ name }: ConnectionState, before: ConnectionState): void {
  if (name === 'live' && before.name !== 'live') changes.resume();
  if (name !== 'live') pointers.keep(new Set());
  drawSoon();
}

let shownHeld: string | null = null;

/** Something is in the hand, or is not any more. */
function held(): void {
  draw();
  if (hand.held === shownHeld) return;
  shownHeld = hand.held;
  line.hold(shownHeld);
}

function add(column: ColumnId, title: string): void {
  const seen = line.board.position;
  if (seen === null) return;
  const id = `LF-${cards.nextNumber}`;
  const spot = cards.spot(id, column, Infinity);
  changes.put({ id, code: id, title, area: 'Unsorted', ...spot }, seen, true);
}

async function changeRole(): Promise<void> {
  try {
    await line.readOnly(role.value === 'read');
  } catch {
    warn('The server cannot be reached just now. Try again in a moment.');
  }
  drawSoon();
}

/** Says to whoever listens what whoever looks can see. */
function say(text: string): void {
  setText(element('#said'), text);
}

let warning: ReturnType<typeof setTimeout> | undefined;

/** Says, to whoever looks as well, what belongs to no card. */
function warn(text: string): void {
  const trouble = element('#trouble');
  setText(trouble, text);
  trouble.hidden = false;
  clearTimeout(warning);
  warning = setTimeout(() => (trouble.hidden = true), noteMs);
}

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    draw();
  });
}

function draw(): void {
  const { me } = line;
  const presence = line.board.presence.getSnapshot();
  const holders = new Map(
    presence.members.flatMap(({ user, state }) => (state.card === null || user === me?.id ? [] : [[state.card, user]])),
  );
  view.draw((id) => ({ heldBy: holders.get(id) ?? null, live: line.isLive }));
  pointers.place();
  showPeople(presence, me?.id ?? null);
  activity.draw();
  setText(element('#me'), me === null ? '' : me.name);
  role.disabled = me === null;
  if (me !== null) role.value = me.readsOnly ? 'read' : 'edit';
  main.dataset['readsOnly'] = String(me?.readsOnly ?? false);
  const { status, position } = line.board;
  Object.assign(main.dataset, { channel: status.state, conflicts: changes.conflicts, position: position ?? '' });
  main.dataset['cards'] = String(cards.count);
  const note = element('#note');
  const isDenied = status.state === 'denied';
  note.hidden = !isDenied && cards.count + cards.ownCount > 0;
  setText(
    note,
    isDenied ? 'This board is not open to you.' : status.state === 'live' ? 'No cards yet.' : 'Reading the board',
  );
  fact('position', position ?? 'none yet');
  fact('waiting', cards.ownCount === 0 ? 'nothing' : `${cards.ownCount} of your moves`);
  fact('conflicts', changes.conflicts === 0 ? 'none' : `${changes.conflicts}, the newer move stayed`);
  showStatus();
}

function fact(name: string, text: string): void {
  setText(element(`[data-fact="${name}"]`), text);
}

function showStatus(): void {
  const nowMs = Date.now();
  const { count } = line.catchUp;
  const isRecent = nowMs - line.resumedAtMs < resumedMs;
  showConnection(line.state, isRecent ? { caughtUp: count, gapReason } : null, nowMs);
  main.dataset['caughtUp'] = String(count);
  if (!isRecent && line.isLive) gapReason = null;
}
