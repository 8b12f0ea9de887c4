import type { Start } from '@rt/protocol';
import type { User } from '../channels/define-channel.ts';
import { mayRead } from '../channels/permission.ts';
import type { Listener } from '../delivery/connection.ts';
import type { Parts } from '../parts.ts';
import type { Form } from './accept.ts';
import type { Exchange } from './exchange.ts';
import type { Asked } from './query.ts';

/** Who reads plainly, and what. */
export class Reader {
  readonly userId: string | null;
  readonly asked: readonly Asked[];
  readonly #parts: Parts;
  readonly #user: User | null;
  readonly #exchange: Exchange;
  readonly #form: Form;
  #revision = 0;

  constructor(
    parts: Parts,
    exchange: Exchange,
    { user, asked, form }: { readonly user: User | null; readonly asked: readonly Asked[]; readonly form: Form },
  ) {
    this.userId = parts.settings.auth.userId(user);
    this.asked = asked;
    this.#parts = parts;
    this.#user = user;
    this.#exchange = exchange;
    this.#form = form;
  }

  /** Asks whether all of it may be read. @throws RtError as the rules refuse. */
  async ask(): Promise<void> {
    const { observe } = this.#parts.settings;
    this.#revision = this.#parts.revision;
    await Promise.all(
      this.asked.map(({ match, start }) =>
        mayRead(match, { past: this.#past(start), members: false }, this.#user, observe),
      ),
    );
  }

  /**
   * Whether the rules' word still holds: else a permission was taken back since, and they MUST be asked again. To be
   * looked at in the very turn in which the reader is given something.
   */
  get settled(): boolean {
    return this.#revision === this.#parts.revision;
  }

  /**
   * Counts it among those who are there, for a connection that stays.
   *
   * @throws RtError `connections_too_many`, `server_busy`
   */
  admit(): Listener {
    const { admission, attendance } = this.#parts;
    const leaveAddress = admission.address(this.#exchange.address);
    try {
      const leaveUser = admission.user(this.userId);
      const disconnected = attendance.connected(this.userId);
      return {
        receive() {},
        beat: () => false,
        closed() {
          leaveAddress();
          leaveUser();
          // A browser that reads plainly has no way to say that it does not come back.
          disconnected(false);
        },
      };
    } catch (cause) {
      leaveAddress();
      throw cause;
    }
  }

  /** A page without a place is of the newest, which were published before; a poll without one waits for the next. */
  #past(start: Start): boolean {
    if (start.type === 'live') return this.#form === 'page' && this.#exchange.query.get('wait') === null;
    return start.type !== 'after';
  }
}
