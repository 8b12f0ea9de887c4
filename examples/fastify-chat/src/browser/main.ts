import { element, setText, showConnection } from '@rt/example-ui';
import { Chat } from './chat.ts';
import { Composer } from './composer.ts';
import type { Conversation } from './conversation.ts';
import { pageSize } from './conversation.ts';
import { Door } from './door.ts';
import { showPeople } from './people.ts';
import { ReadMarks } from './read-marks.ts';
import { drawRooms } from './room-list.ts';
import { timeline } from './timeline.ts';
import { TimelineView } from './timeline-view.ts';

/** How long the words about a reconnect stay before they are `live over WebSocket` again. */
const resumedMs = 8000;

const main = element('main');
const marks = new ReadMarks();
/** The page's rooms: a page that is built upon this one reads over their connection. */
export const chat: Chat = new Chat({ onChange: drawSoon });
let drawing = false;
/** How far the room was read when it was opened, and when that was by the server's clock. */
let opened = { readTo: marks.get(chat.active.room.id), atMs: Infinity };

const view = new TimelineView({
  actions: {
    retry(key) {
      const text = take(key);
      if (text !== null) chat.active.say(text);
    },
    edit(key) {
      const text = take(key);
      if (text !== null) composer.take(text);
    },
    dismiss: take,
  },
  onTop: () => void chat.active.loadOlder(),
  onMove: drawSoon,
});
const composer = new Composer({
  onSend(text) {
    view.toEnd();
    chat.active.say(text);
  },
  // Without a connection nobody sees it, and later it would not be true any more.
  onType: () => chat.state.name === 'live' && chat.active.saysTyping(),
});
const door = new Door({
  async join(name, keyHolder) {
    const refused = await chat.join(name, keyHolder);
    if (refused === null) {
      draw();
      composer.focus();
    }
    return refused;
  },
});

element('#cut').addEventListener('click', () => chat.connection.toggle());
element('#leave').addEventListener('click', () => void chat.leave());
element('#newest').addEventListener('click', () => view.toEnd());
document.addEventListener('visibilitychange', drawSoon);
document.addEventListener('keydown', (event) => {
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    const at = chat.conversations.indexOf(chat.active) + (event.key === 'ArrowUp' ? -1 : 1);
    const next = chat.conversations.at(at % chat.conversations.length);
    if (next !== undefined) location.hash = next.room.id;
  } else if (event.key === 'PageUp' || event.key === 'PageDown') {
    event.preventDefault();
    view.page(event.key === 'PageUp' ? -1 : 1);
  }
});
addEventListener('hashchange', open);
// The words about the connection go on with the clock; everything else is drawn when it changes.
setInterval(showStatus, 250);
open();
void chat.begin();

/** The room that the address names. */
function open(): void {
  const wanted = location.hash.slice(1);
  const before = chat.active;
  chat.open(wanted);
  if (chat.active === before && chat.known) return;
  opened = {
    readTo: marks.get(chat.active.room.id),
    atMs: chat.known ? chat.catchUp.serverNowMs(Date.now()) : Infinity,
  };
  view.toEnd();
  draw();
}

/** One drawing for all that comes in one turn; a page that is not seen is drawn as well, for its title. */
function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    draw();
  });
}

function draw(): void {
  const { active, me } = chat;
  const live = chat.state.name === 'live';
  const nowMs = Date.now();
  const { items, pending, status, room, here, typists, older } = active;
  if (chat.known && opened.atMs === Infinity) opened = { ...opened, atMs: chat.catchUp.serverNowMs(nowMs) };

  view.draw(timeline({ items, pending, me, live, nowMs, readTo: opened.readTo, openedAtMs: opened.atMs }));
  readOn(active);
  // A window may have room for more than there is.
  if (active.older === 'some' && view.nearTop) void active.loadOlder();
  drawRooms(
    chat.conversations.map((one) => {
      const { id: key, name } = one.room;
      return { key, name, active: one === active, unread: unreadWords(one), denied: one.status.state === 'denied' };
    }),
  );
  setText(element('#room-name'), room.name);
  setText(element('#topic'), room.topic);
  main.dataset['room'] = room.id;
  main.dataset['channel'] = status.state;

  const denied = status.state === 'denied';
  showPeople({ here, typists, ownId: me?.id ?? null, live, denied });
  showNote(active, denied);
  showOlder(older, items.length);
  showNewest(active);
  const writes = me !== null && !denied;
  element('#composer').hidden = !writes;
  element('#hint').hidden = me === null;
  door.show(chat.known && me === null, doorWords(denied));
  if (writes) composer.use(room.id, room.name);
  setText(element('#as'), me === null ? '' : `Writing as ${me.name}`);
  setText(
    element('#keys'),
    live
      ? 'Enter sends, Shift + Enter breaks the line'
      : 'Not connected: what you write waits here, and is sent in order',
  );
  const unread = chat.conversations.reduce((sum, one) => sum + unreadOf(one), 0);
  document.title = `${unread === 0 ? '' : `(${unread}) `}${room.name} · Spoke & Kettle`;
  showStatus();
}

function showStatus(): void {
  const nowMs = Date.now();
  const { count } = chat.catchUp;
  const isRecent = nowMs - chat.resumedAtMs < resumedMs;
  showConnection(chat.state, isRecent ? { caughtUp: count, gapReason: null } : null, nowMs);
  main.dataset['caughtUp'] = String(count);
}

function showNote({ room, status, items, pending }: Conversation, denied: boolean): void {
  const note = element('#note');
  const nothing = items.length === 0 && pending.length === 0;
  note.hidden = !denied && !nothing;
  note.dataset['is'] = denied ? 'denied' : status.state === 'live' ? 'empty' : 'loading';
  if (denied) setText(note, deniedWords(chat.me === null));
  else setText(note, status.state === 'live' ? room.empty : 'Reading the newest messages');
}

function showOlder(older: Conversation['older'], count: number): void {
  const words = {
    some: '',
    loading: 'Reading older messages',
    failed: 'Older messages could not be read; scroll to try again',
    none: 'This is where what is kept begins',
  }[older];
  setText(element('#older'), words);
  element('#older').hidden = words === '' || count === 0;
  element('#log').ariaBusy = String(older === 'loading');
}

function showNewest(conversation: Conversation): void {
  const button = element('#newest');
  const below = view.atEnd ? 0 : unreadOf(conversation);
  button.hidden = view.atEnd;
  setText(button, below === 0 ? 'To the newest' : `${below} new`);
}

/** What is in sight was read. */
function readOn(conversation: Conversation): void {
  const newest = conversation.messages.at(-1);
  if (newest !== undefined && view.atEnd && !document.hidden) marks.set(conversation.room.id, newest.position);
}

function unreadOf({ room, messages }: Conversation): number {
  const readTo = marks.get(room.id);
  return messages.filter(
    ({ by, position }) =>
      by.id !== chat.me?.id && (readTo?.epoch !== position.epoch || position.offset > readTo.offset),
  ).length;
}

function unreadWords(conversation: Conversation): string {
  const count = unreadOf(conversation);
  if (count === 0 || conversation === chat.active) return '';
  return count >= pageSize && conversation.older !== 'none' ? `${count}+` : String(count);
}

function deniedWords(joins: boolean): string {
  return joins ? 'This room is for key holders.' : 'This room is for key holders. Leave, and join as one, if you are.';
}

function doorWords(denied: boolean): string {
  if (chat.forgotten) return 'The server does not know you any more. Pick your name again to go on.';
  return denied ? 'Join as a key holder to read on.' : 'You are reading along. Pick a name to write.';
}

/** Takes a refused message away, and returns what it said. */
function take(key: string): string | null {
  const entry = chat.active.pending.find((one) => `own ${one.key}` === key);
  entry?.dismiss();
  return entry?.event === 'message' ? entry.data.text : null;
}
