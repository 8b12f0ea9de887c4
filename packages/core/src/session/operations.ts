import type { ClientFrame, Start } from '@rt/protocol';
import { formatBase64, live, RtError } from '@rt/protocol';
import { allow, mayRead } from '../channels/permission.ts';
import { pageParts, pageText } from '../http/page.ts';
import type { Parts } from '../parts.ts';
import { PresenceFeed } from '../presence/presence-feed.ts';
import type { PlaceView } from '../presence/presence-store.ts';
import type { Asker } from './asker.ts';
import { frameLine } from './frame-line.ts';
import { presenceOf } from './memberships.ts';

type Frame<Type extends ClientFrame['type']> = Extract<ClientFrame, { readonly type: Type }>;

/**
 * Checks and begins a publication. Resolves once it has its place in the order of the channel; the inner promise
 * resolves to the answer when it is stored.
 */
export async function publish(
  parts: Parts,
  { user, userId }: Asker,
  { id, channel, event, data, key, echo, ifPosition }: Frame<'publish'>,
): Promise<{ readonly stored: Promise<string> }> {
  const match = parts.registry.find(channel);
  await allow(match, { type: 'publish', event, data }, user, parts.settings.observe);
  if (parts.closing) throw new RtError('hub_closed', 'this server is closing; publish again at the next one');
  // A key is the user's own: nobody can take another's by guessing it, whatever users and keys are made of.
  const ownKey = key === null ? null : JSON.stringify([userId, key]);
  const publishing = parts.publisher.publish(match, event, data, {
    key: ownKey,
    echo: echo ? key : null,
    after: ifPosition,
  });
  const stored = publishing.then(
    (position) => frameLine({ type: 'published', id, channel, position }),
    async (cause: unknown) => {
      throw await withoutSecrets(cause, () => mayRead(match, onlyNow, user, parts.settings.observe));
    },
  );
  // Whoever is given it comes to it a moment later; until then nobody is told of a refusal.
  stored.catch(() => {});
  return { stored };
}

const onlyNow = { past: false, members: false };

/** A conflict shows what is newer to those who may read it; whoever may only publish is told that there is something. */
async function withoutSecrets(cause: unknown, read: () => Promise<void>): Promise<unknown> {
  if (!(cause instanceof RtError) || cause.conflict === null) return cause;
  const { position } = cause.conflict;
  return read().then(
    () => cause,
    () => RtError.of({ ...cause.toJSON(), conflict: { position, newest: null } }),
  );
}

/** Asks the app's handler. */
export async function send(parts: Parts, { user }: Asker, frame: Frame<'send'>): Promise<string> {
  const { id, channel, event, data } = frame;
  const match = parts.registry.find(channel);
  await allow(match, { type: 'send', event, data }, user, parts.settings.observe);
  const handler = parts.handlers.find(match, event);
  try {
    const answer = (await handler({ data, user, channel, params: match.params, event })) ?? null;
    const field = answer instanceof Uint8Array ? { base64: formatBase64(answer) } : { data: answer };
    return `${JSON.stringify({ type: 'answered', id, ...field })}\n`;
  } catch (cause) {
    if (cause instanceof RtError) throw cause;
    parts.settings.observe({ type: 'error', stage: 'handler', cause });
    throw new RtError('handler_failed', `the handler of "${event}" failed; see the server’s log`, { cause });
  }
}

const defaultLimit = 100;

/** Reads a page of what is kept. */
export async function history(parts: Parts, { user }: Asker, frame: Frame<'history'>): Promise<string> {
  const { id, channel, start } = frame;
  const { maxPageSize } = parts.settings.limits;
  const match = parts.registry.find(channel);
  const limit = Math.min(frame.limit ?? (start.type === 'last' ? start.count : defaultLimit), maxPageSize);
  const from: Start = start.type === 'live' ? { type: 'last', count: limit } : start;
  let text: string;
  let revision: number;
  do {
    ({ revision } = parts);
    await mayRead(match, { past: start.type !== 'after', members: false }, user, parts.settings.observe);
    text = pageText(pageParts(channel, from, await parts.broker.read(channel, from, limit)));
  } while (revision !== parts.revision);
  return `{"type":"history","id":${id},${text.slice(1)}\n`;
}

/** Says who is in a channel at this moment. */
export async function members(parts: Parts, { user }: Asker, { id, channel }: Frame<'members'>): Promise<string> {
  const match = parts.registry.find(channel);
  const presence = presenceOf(match);
  let place: PlaceView;
  let revision: number;
  do {
    ({ revision } = parts);
    await mayRead(match, { past: false, members: true }, user, parts.settings.observe);
    place = await parts.presence.look(channel);
  } while (revision !== parts.revision);
  const { text } = new PresenceFeed(channel, place, presence).open(live, parts.settings.clock.now());
  return `{"type":"members","id":${id},"channel":"${channel}",${text.slice(1)}\n`;
}
