import { make, setText } from '@rt/example-ui';
import type { NodeState, ProxyState } from '../cluster-channels.ts';
import type { Beats } from './beats.ts';
import type { Fall } from './lane-drawing.ts';
import { drawLane } from './lane-drawing.ts';

export interface StripView {
  readonly nodes: readonly NodeState[];
  readonly proxies: readonly ProxyState[];
  /** The node that serves this page, or `null` without a connection. */
  readonly here: string | null;
  readonly beats: Beats;
  readonly falls: readonly Fall[];
  /** How often another node has taken over. */
  readonly moves: number;
  readonly nowMs: number;
}

interface Lane {
  readonly row: HTMLElement;
  readonly words: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly kill: HTMLButtonElement;
}

/** Which nodes there are, which of them serves this page, and what it has delivered: above the rooms. */
export class Strip {
  readonly #lanes = new Map<string, Lane>();
  readonly #list = make('ol', { class: 'lanes' });
  readonly #way = make('p', { class: 'way' });
  readonly #proof = make('p', { class: 'proof' });
  readonly #onKill: (name: string) => void;

  constructor(onKill: (name: string) => void) {
    this.#onKill = onKill;
    const strip = make(
      'section',
      { class: 'strip', attributes: { 'aria-label': 'The nodes' } },
      this.#list,
      make('div', { class: 'under' }, this.#way, this.#proof),
    );
    document.querySelector('.bar')?.after(strip);
  }

  draw(view: StripView): void {
    const { nodes, here, beats, falls, nowMs } = view;
    const rows = nodes.map(({ name }) => this.#lane(name).row);
    if (rows.some((row, index) => this.#list.children[index] !== row)) this.#list.replaceChildren(...rows);
    for (const node of nodes) {
      const { row, words, canvas, kill } = this.#lane(node.name);
      const serves = node.name === here;
      row.dataset['state'] = node.state;
      row.classList.toggle('here', serves);
      setText(words, serves ? 'serves you' : stateWords(node, nowMs));
      row.title = `pid ${node.pid}, port ${node.port}, killed ${node.kills} times`;
      kill.disabled = node.state !== 'up';
      const { all, newest } = beats;
      drawLane(canvas, { node: node.name, beats: all, falls, newest, up: node.state === 'up' });
    }
    this.#drawWay(view);
    this.#drawProof(view);
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const words = make('span', { class: 'quiet' });
    const canvas = make('canvas', { attributes: { 'aria-hidden': 'true' } });
    const kill = make('button', {
      class: 'kill',
      text: 'kill -9',
      attributes: { type: 'button', 'aria-label': `Kill node ${name}` },
      onClick: () => this.#onKill(name),
    });
    const title = make('p', { class: 'node' }, make('strong', { text: name }), words);
    const row = make('li', { class: 'lane' }, title, canvas, kill);
    const lane = { row, words, canvas, kill };
    this.#lanes.set(name, lane);
    return lane;
  }

  /** Through which proxy this page came, and the way through the other one. */
  #drawWay({ proxies }: StripView): void {
    const key = proxies.map(({ name, port }) => `${name} ${port}`).join();
    if (this.#way.dataset['is'] === key) return;
    this.#way.dataset['is'] = key;
    const isHere = ({ port }: ProxyState): boolean => String(port) === location.port;
    const parts = proxies
      .toSorted((one, other) => Number(isHere(other)) - Number(isHere(one)))
      .map((proxy) => {
        const address = `:${proxy.port}`;
        if (isHere(proxy)) return make('span', { text: `Through ${proxy.name} ${address}` });
        const href = `${location.protocol}//${location.hostname}${address}/`;
        return make('a', { text: `Open through ${proxy.name} ${address}`, attributes: { href, target: '_blank' } });
      });
    this.#way.replaceChildren(...parts);
  }

  #drawProof({ beats, moves }: StripView): void {
    const { count, missing, twice, missed } = beats;
    const { dataset } = this.#proof;
    dataset['beats'] = String(count);
    dataset['missing'] = String(missing);
    dataset['twice'] = String(twice);
    dataset['missed'] = String(missed);
    dataset['moves'] = String(moves);
    const facts = [
      `${count.toLocaleString('en')} beats`,
      `${missing} missing`,
      `${twice} twice`,
      `${missed} caught up`,
      `${moves} ${moves === 1 ? 'move' : 'moves'}`,
    ];
    setText(this.#proof, facts.join(' · '));
    this.#proof.classList.toggle('trouble', missing + twice > 0);
  }
}

function stateWords({ state, backAtMs, sinceMs }: NodeState, nowMs: number): string {
  if (state === 'starting') return 'starting';
  if (state === 'down') return `killed, back in ${Math.max(1, Math.ceil(((backAtMs ?? nowMs) - nowMs) / 1000))} s`;
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  return seconds < 60 ? `up ${seconds} s` : `up ${Math.floor(seconds / 60)} min`;
}
