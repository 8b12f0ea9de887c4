import type { ClientFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import { allow } from '../channels/permission.ts';
import type { Match } from '../channels/registry.ts';
import type { Parts } from '../parts.ts';
import { memberState } from '../presence/member-state.ts';
import type { Presence } from '../presence/presence-definition.ts';
import type { Attendant } from '../presence/presence-store.ts';
import { frameLine, told } from './frame-line.ts';
import type { Asker } from './asker.ts';
import type { Replies } from './replies.ts';

/** What a session is to the presence of channels. */
export interface MembershipsOptions {
  /** The session's id: it holds what the client has entered. */
  readonly holder: string;
  /** Who asks at this moment: it changes with a new token. */
  readonly who: () => Asker;
  /** The name that the client keeps when it reconnects. */
  readonly client: () => string;
}

interface Entered {
  readonly match: Match;
  readonly attendant: Attendant;
  /** As it came. */
  readonly state: unknown;
}

/** The channels in which a session is a member. Who it is there is who it is for: no frame can say otherwise. */
export class Memberships {
  readonly #parts: Parts;
  readonly #replies: Replies;
  readonly #options: MembershipsOptions;
  readonly #entered = new Map<string, Entered>();
  #over = false;

  constructor(parts: Parts, replies: Replies, options: MembershipsOptions) {
    this.#parts = parts;
    this.#replies = replies;
    this.#options = options;
  }

  /** Enters, or shows something else, and answers by itself. @throws RtError if it is refused. */
  async enter({ id, channel, state }: Extract<ClientFrame, { readonly type: 'enter' }>): Promise<null> {
    const match = this.#parts.registry.find(channel);
    const { maxStateBytes } = this.#parts.settings.limits;
    const presence = presenceOf(match);
    this.#requireRoom(channel);
    for (;;) {
      const { revision } = this.#parts;
      const { user, userId } = this.#options.who();
      if (userId === null) {
        throw new RtError('enter_denied', `"${channel}" is entered by users, and this session is of nobody`);
      }
      await allow(match, { type: 'enter', state }, user, this.#parts.settings.observe);
      const text = await memberState(channel, presence, state, maxStateBytes);
      if (this.#over) throw new RtError('session_unknown', 'the session has ended');
      if (revision !== this.#parts.revision || user !== this.#options.who().user) continue;
      // Meanwhile it may have entered others.
      this.#requireRoom(channel);
      // Between the rule's word and the entry there is no `await`: what ends the session, or takes the permission back,
      // finds it entered.
      const attendant = { user: userId, client: this.#options.client(), holder: this.#options.holder };
      this.#entered.set(channel, { match, attendant, state });
      await this.#parts.presence.enter(channel, attendant, text);
      if (this.#entered.get(channel)?.attendant !== attendant) {
        throw new RtError('permission_revoked', `"${channel}" may not be entered any more`);
      }
      // Said without an `await` since that was looked at: who is thrown out after it is told so after it.
      this.#replies.say(frameLine({ type: 'entered', id, channel }));
      return null;
    }
  }

  /** Leaves at once. Returns the answer. */
  async leave(id: number, channel: string): Promise<string> {
    const entered = this.#entered.get(channel);
    try {
      await this.#leave(channel, 0);
    } catch (cause) {
      // It is there still, as far as anybody knows: it can be said again, and the end of the session says it too.
      if (entered !== undefined && !this.#over) this.#entered.set(channel, entered);
      throw cause;
    }
    return frameLine({ type: 'left', id, channel });
  }

  /** Takes back the permission at once. */
  revoke(channel: string, error: RtError): void {
    if (!this.#entered.has(channel)) return;
    this.#leave(channel, 0).catch((cause: unknown) => this.#failed(cause));
    this.#replies.say(frameLine({ type: 'left', channel, error: error.toJSON() }));
  }

  /** The channels that it has entered. */
  get channels(): readonly string[] {
    return [...this.#entered.keys()];
  }

  /** Asks the rule again, for somebody who may have become another. */
  async recheck(channel: string): Promise<void> {
    const entered = this.#entered.get(channel);
    if (entered === undefined) return;
    try {
      const { match, state } = entered;
      await allow(match, { type: 'enter', state }, this.#options.who().user, this.#parts.settings.observe);
    } catch (cause) {
      this.revoke(channel, told(cause, this.#parts.settings.observe));
    }
  }

  /** The session is over. Whoever went in good order is gone at once; whoever may be back stays for a while. */
  end(inOrder: boolean): void {
    this.#over = true;
    for (const [channel, { match }] of this.#entered) {
      const afterMs = inOrder ? 0 : presenceOf(match).graceMs;
      this.#leave(channel, afterMs).catch((cause: unknown) => this.#failed(cause));
    }
  }

  /** @throws RtError `channels_too_many` */
  #requireRoom(channel: string): void {
    const { maxChannelsPerSession } = this.#parts.settings.limits;
    if (this.#entered.has(channel) || this.#entered.size < maxChannelsPerSession) return;
    throw new RtError('channels_too_many', `a session may be a member of ${maxChannelsPerSession} channels`);
  }

  async #leave(channel: string, afterMs: number): Promise<void> {
    const entered = this.#entered.get(channel);
    if (entered === undefined) return;
    this.#entered.delete(channel);
    await this.#parts.presence.leave(channel, entered.attendant, afterMs);
  }

  #failed(cause: unknown): void {
    this.#parts.settings.observe({ type: 'error', stage: 'presence', cause });
  }
}

/** The name of a client, among those of its user: one that it has made up never is the id of a session. */
export function clientName(madeUp: string | null, session: string): string {
  return madeUp === null ? session : `=${madeUp}`;
}

/**
 * Takes a client away that says so as its page ends: in a request of its own, since the session may be over by then.
 * Whoever knows the session's id is the one who has entered.
 */
export async function leaveFor(
  { presence }: Parts,
  { userId, client }: { readonly userId: string | null; readonly client: string | null },
  { id, channel, session }: Extract<ClientFrame, { readonly type: 'leave' }>,
): Promise<string> {
  if (session === null)
    throw new RtError('connect_missing', 'leave needs a session: open one, or say which one has entered');
  if (userId !== null) {
    await presence.leave(channel, { user: userId, client: clientName(client, session), holder: session }, 0);
  }
  return frameLine({ type: 'left', id, channel });
}

/** @throws RtError `presence_unsupported` */
export function presenceOf({ channel, definition: { presence } }: Match): Presence {
  if (presence !== null) return presence;
  throw new RtError(
    'presence_unsupported',
    `"${channel}" has no presence; add it to its definition: presence: schema of what a member shows`,
  );
}
