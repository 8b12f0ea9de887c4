import { createClient } from '@rt/client';

const $ = (selector) => document.querySelector(selector);

/** Resolves to who this browser is; asks for a name if it is nobody yet. */
async function login() {
  const known = await (await fetch('/me')).json();
  if (known !== null) return known;
  $('#login').hidden = false;
  return new Promise((resolve) => {
    $('#login').onsubmit = async (event) => {
      event.preventDefault();
      const body = JSON.stringify({ name: $('#login').elements.name.value });
      const headers = { 'content-type': 'application/json' };
      resolve(await (await fetch('/login', { method: 'POST', headers, body })).json());
      $('#login').hidden = true;
    };
  });
}

const me = await login();
$('main').hidden = false;

// The room is in the address: /#garden
const rt = createClient('/rt');
const room = rt.channel(`room:${location.hash.slice(1) || 'lobby'}`, { from: { last: 50 } });
addEventListener('hashchange', () => location.reload());

// What was said, what is said, and what of ours is still on its way
const said = [];
const row = ({ name, text }, className) => {
  const item = document.createElement('li');
  item.className = className;
  item.textContent = `${name}: ${text}`;
  return item;
};
const draw = () => {
  const pending = room.pending.getSnapshot();
  $('#messages').replaceChildren(
    ...said.map((message) => row(message, 'said')),
    ...pending.map(({ data, error }) =>
      row({ ...data, text: error === null ? data.text : `${data.text} (${error.message})` }, 'pending'),
    ),
  );
};
room.on('message', (message) => {
  said.push(message);
  draw();
});
room.pending.subscribe(draw);
room.onGap(({ reason }) => {
  said.push({ name: '—', text: `something is missing here (${reason})` });
  draw();
});

$('#say').onsubmit = (event) => {
  event.preventDefault();
  const { text } = $('#say').elements;
  // Shown at once; if there is no connection it waits. A refusal stays in `pending` with its reason.
  room.publish('message', { name: me.name, text: text.value }, { optimistic: true }).catch(() => {});
  text.value = '';
};

// Who is here: we are, as long as this page is open
room.presence.subscribe(() => {
  $('#people').textContent = room.presence.members.map(({ state }) => state.name).join(', ');
});
room.presence.enter({ name: me.name }).catch(({ message }) => alert(message));

// Who types: told once a second, and forgotten after two
let toldAt = 0;
$('#say').oninput = () => {
  if (rt.status.state !== 'open' || Date.now() - toldAt < 1000) return;
  toldAt = Date.now();
  room.publish('typing', { name: me.name }).catch(() => {});
};
let quiet;
room.on('typing', ({ name }) => {
  if (name === me.name) return;
  $('#typing').textContent = `${name} is typing …`;
  clearTimeout(quiet);
  quiet = setTimeout(() => ($('#typing').textContent = ''), 2000);
});

// How it stands
const status = () => {
  const { state, error } = rt.status;
  const why = room.status.state === 'denied' ? room.status.error : error;
  $('#status').textContent = state === 'open' && !why ? 'connected' : `not connected ${why?.message ?? ''}`.trim();
};
rt.subscribe(status);
room.subscribe(status);
