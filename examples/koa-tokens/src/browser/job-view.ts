import type { Channel, EventsOf } from '@rt/client';
import { element, setText } from '@rt/example-ui';
import type { Indexed, Run, TokenChannels } from '../channels.ts';

/** How far the job is: a state channel, of each document what is true now. Whoever comes late is told that, and no more. */
export class JobView {
  readonly #documents = new Map<string, Indexed>();
  readonly #cells = new Map<string, HTMLElement>();
  #run: Run | null = null;
  #newest: Indexed | null = null;

  constructor(channel: Channel<EventsOf<TokenChannels, 'job:index'>>) {
    channel.on('document', (indexed) => {
      this.#documents.set(indexed.document, indexed);
      if (indexed.done > 0) this.#newest = indexed;
    });
    channel.on('run', (run) => {
      this.#run = run;
    });
    const again = element<HTMLButtonElement>('#again');
    again.addEventListener('click', () => {
      again.disabled = true;
      // If it could not be asked, the button is there again with the next drawing.
      channel.send('again', null).catch(() => {});
    });
  }

  draw(isLive: boolean): void {
    const all = [...this.#documents.values()];
    const total = all.reduce((sum, one) => sum + one.total, 0);
    const done = all.reduce((sum, one) => sum + one.done, 0);
    const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
    const isRunning = this.#run?.state === 'running';
    for (const indexed of all) this.#drawCell(indexed);
    element('.job').dataset['percent'] = String(percent);
    element('.job').dataset['run'] = String(this.#run?.number ?? '');
    element('#progress').ariaValueNow = String(percent);
    element<HTMLButtonElement>('#again').disabled = !isLive || this.#run === null || isRunning;
    setText(element('#percent'), total === 0 ? '' : `${percent} %`);
    setText(element('#job-words'), this.#words(total, isRunning, isLive));
  }

  #words(total: number, isRunning: boolean, isLive: boolean): string {
    if (this.#run === null) return 'waiting for the job';
    if (isRunning) return `${isLive ? '' : 'was at '}${this.#newest?.document ?? 'reading the documents'}`;
    const seconds = (this.#run.tookMs / 1000).toFixed(1);
    return `${total} passages, ${this.#documents.size} documents, ${seconds} s`;
  }

  /** A cell for each document, as wide as it has passages. */
  #drawCell({ document: path, done, total }: Indexed): void {
    const cell = this.#cells.get(path) ?? this.#newCell(path);
    cell.style.flexGrow = String(total);
    cell.style.setProperty('--done', `${(done / total) * 100}%`);
    cell.title = `${path}: ${done} of ${total}`;
  }

  /** In the order of the paths, in whatever order they come. */
  #newCell(path: string): HTMLElement {
    const cell = document.createElement('span');
    const next = [...this.#cells]
      .filter(([other]) => other > path)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    element('#progress').insertBefore(cell, next[0]?.[1] ?? null);
    this.#cells.set(path, cell);
    return cell;
  }
}
