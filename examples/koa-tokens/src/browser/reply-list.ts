import type { Channel, EventsOf } from '@rt/client';
import { element, setText } from '@rt/example-ui';
import type { Listed, TokenChannels } from '../channels.ts';
import { pathOf } from './address.ts';

/** The answers that the server keeps, newest first: a state channel, of each what is true now. */
export class ReplyList {
  readonly #listed = new Map<string, Listed>();
  readonly #rows = new Map<string, HTMLLIElement>();
  readonly #open: (replyId: string) => void;

  constructor(channel: Channel<EventsOf<TokenChannels, 'replies'>>, open: (replyId: string) => void) {
    this.#open = open;
    channel.on('reply', (reply) => this.#listed.set(reply.replyId, reply));
    channel.on('forgotten', ({ replyId }) => this.#listed.delete(replyId));
    // Of another log nothing is known that was in the one before.
    channel.onGap(() => this.#listed.clear());
  }

  /** @param current The answer that is read. */
  draw(current: string | null): void {
    const replies = [...this.#listed.values()].toSorted((one, other) => other.askedAtMs - one.askedAtMs);
    const target = element('#replies');
    for (const [replyId, row] of this.#rows) {
      if (this.#listed.has(replyId)) continue;
      row.remove();
      this.#rows.delete(replyId);
    }
    for (const [index, reply] of replies.entries()) {
      const row = this.#rows.get(reply.replyId) ?? this.#row(reply);
      const link = row.firstElementChild as HTMLAnchorElement;
      link.ariaCurrent = reply.replyId === current ? 'page' : null;
      row.dataset['state'] = reply.state;
      setText(row.querySelector('span') as HTMLElement, words(reply));
      if (target.children[index] !== row) target.insertBefore(row, target.children[index] ?? null);
    }
    element('#no-replies').hidden = replies.length > 0;
  }

  #row({ replyId, question }: Listed): HTMLLIElement {
    const row = document.createElement('li');
    const link = document.createElement('a');
    link.href = pathOf(replyId);
    const title = document.createElement('b');
    title.textContent = question;
    link.append(title, document.createElement('span'));
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.#open(replyId);
    });
    row.append(link);
    this.#rows.set(replyId, row);
    return row;
  }
}

const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function words({ state, tokens, askedAtMs }: Listed): string {
  const how = {
    writing: 'being written',
    done: `${tokens} tokens`,
    stopped: `stopped at ${tokens}`,
    shutdown: `broken off at ${tokens}`,
  }[state];
  return `${time.format(askedAtMs)} · ${how}`;
}
