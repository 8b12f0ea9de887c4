import { element, setText } from '@rt/example-ui';
import { AnswerDrawing } from './answer-drawing.ts';
import type { Phase, Reading } from './reply-reader.ts';
import type { Arrivals } from './token-track.ts';

export interface ReplyActions {
  stop(): Promise<void>;
  ask(question: string): void;
}

export interface Shown {
  /** The answer that is read, or `null` on the page of the questions. */
  readonly reading: Reading | null;
  readonly live: boolean;
  readonly link: string;
}

/** As many questions are offered after an answer. */
const offeredNext = 3;
/** Whoever sees the end of an answer, or is this near to it, follows what is written. In CSS pixels. */
const following = 96;

/** The page of an answer, and that of the questions. */
export class ReplyView {
  readonly #actions: ReplyActions;
  readonly #answer = new AnswerDrawing(element('#answer'));
  #questions: readonly string[] = [];
  #offeredFor: string | null = null;
  #link = '';
  #stopping = false;
  /** The answer that was being written when it was drawn. */
  #writing: string | null = null;

  constructor(actions: ReplyActions) {
    this.#actions = actions;
    const stop = element<HTMLButtonElement>('#stop');
    stop.addEventListener('click', () => {
      stop.disabled = this.#stopping = true;
      actions.stop().catch(() => {
        this.#stopping = false;
      });
    });
    element('#copy').addEventListener('click', () => void this.#copy());
  }

  /** What can be asked. */
  offer(questions: readonly string[]): void {
    this.#questions = questions;
    element('#questions').replaceChildren(...questions.map((question) => this.#row(question)));
  }

  draw({ reading, live, link }: Shown): void {
    const main = element('main');
    const phase = reading?.phase ?? 'empty';
    main.dataset['phase'] = phase;
    this.#link = link;
    element('#empty').hidden = reading !== null || this.#questions.length === 0;
    element('#reply').hidden = reading === null;
    showFacts(reading);
    document.title = reading === null || reading.question === '' ? 'Ask the docs' : reading.question;
    if (reading === null) return;
    const isFollowing = hiddenBelow() < following;
    const { text, late, track } = reading;
    const isWriting = phase === 'writing';
    setText(element('#question'), phase === 'unknown' ? 'This answer is not kept here' : reading.question);
    element('#question').hidden = phase === 'loading';
    setText(element('#next-heading'), phase === 'unknown' ? 'Ask instead' : 'Ask next');
    element('#loading').hidden = phase !== 'loading';
    this.#answer.draw({ text, late, writing: isWriting });
    element('#answer').dataset['source'] = text;
    // It is read out when it is whole, and not by the token.
    element('#answer').ariaBusy = String(isWriting);
    setText(element('#outcome'), outcome(reading, track.count));
    element('#outcome').classList.toggle('trouble', phase === 'lost' || phase === 'shutdown');
    const stop = element<HTMLButtonElement>('#stop');
    stop.hidden = !isWriting;
    if (!isWriting) this.#stopping = false;
    stop.disabled = !live || this.#stopping;
    element('#copy').hidden = phase === 'loading' || phase === 'unknown' || phase === 'lost';
    this.#offerNext(reading);
    const hasEnded = this.#writing === reading.replyId && !isWriting;
    this.#writing = isWriting ? reading.replyId : null;
    if (isFollowing && (isWriting || hasEnded)) scrollBy(0, Math.max(0, hiddenBelow()));
  }

  #offerNext({ replyId, phase, question }: Reading): void {
    const isOver = phase !== 'writing' && phase !== 'loading';
    const next = element('#next');
    next.hidden = !isOver || this.#questions.length === 0;
    if (next.hidden || this.#offeredFor === replyId) return;
    this.#offeredFor = replyId;
    const begin = this.#questions.indexOf(question) + 1;
    const others = [...this.#questions.slice(begin), ...this.#questions.slice(0, begin)];
    const offered = others.filter((other) => other !== question).slice(0, offeredNext);
    next.querySelector('ul')?.replaceChildren(...offered.map((other) => this.#row(other)));
  }

  #row(question: string): HTMLLIElement {
    const row = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = question;
    button.addEventListener('click', () => this.#actions.ask(question));
    row.append(button);
    return row;
  }

  async #copy(): Promise<void> {
    const words = element('#copy span');
    try {
      await navigator.clipboard.writeText(this.#link);
      setText(words, 'Copied');
    } catch {
      setText(words, 'It is in the address bar');
    }
    setTimeout(() => setText(words, 'Copy link'), 2000);
  }
}

/** How much of the answer and its buttons is below the line in which questions are asked. */
function hiddenBelow(): number {
  return element('.actions').getBoundingClientRect().bottom + 16 - element('#composer').getBoundingClientRect().top;
}

function outcome({ phase, sources }: Reading, tokens: number): string {
  const from = sources.length === 0 ? '' : `, from ${sources.join(' and ')}`;
  const words: { readonly [Name in Phase]: string } = {
    loading: '',
    writing: '',
    done: `${tokens} tokens${from}`,
    stopped: `Stopped at token ${tokens}, for everybody`,
    shutdown: `The server was stopped at token ${tokens}. Ask again when it is back.`,
    unknown: 'Answers live in the memory of the server: the newest sixty, for an hour. It may have started anew since.',
    lost: 'The server has begun anew, and does not know this answer any more. What had arrived is above.',
  };
  return words[phase];
}

function showFacts(reading: Reading | null): void {
  const track = reading?.track;
  const main = element('main');
  Object.assign(main.dataset, {
    first: track?.first ?? 0,
    last: track?.last ?? 0,
    tokens: track?.count ?? 0,
    missing: track?.missing ?? 0,
    fromStart: track?.arrivals.fromStart ?? 0,
    caughtUp: track?.arrivals.caughtUp ?? 0,
  });
  element('.facts').hidden = reading === null || reading.phase === 'unknown';
  fact('channel', reading === null ? 'none yet' : `reply:${reading.replyId}`);
  fact('tokens', String(track?.count ?? 0));
  fact('arrived', track === undefined || track.count === 0 ? 'nothing yet' : arrived(track.arrivals));
  fact('holes', track === undefined || track.missing === 0 ? 'no hole' : `${track.missing} missing`);
  fact('position', track?.position ?? 'none yet');
  element('[data-fact="holes"]').classList.toggle('trouble', (track?.missing ?? 0) > 0);
}

function arrived({ fromStart, caughtUp, live }: Arrivals): string {
  const parts = [
    fromStart > 0 ? `${fromStart} from start` : '',
    caughtUp > 0 ? `${caughtUp} caught up` : '',
    live > 0 ? `${live} live` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function fact(name: string, text: string): void {
  setText(element(`[data-fact="${name}"]`), text);
}
