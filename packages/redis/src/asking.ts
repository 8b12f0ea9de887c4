import type { OnGone } from '@rt/core';
import type { BusMessage } from './bus-message.ts';

interface Asked {
  readonly node: string;
  readonly text: string;
  readonly settle: (answer: string | null) => void;
}

/** How other nodes are reached. Resolves to how many have heard it, `null` if that is not known. */
export type Say = (node: string, message: BusMessage) => Promise<number | null>;

/** What a node is thought of that is waited for. */
interface Trust {
  /** When something was heard of it. */
  heardAtMs: number;
  /** How often in a row nobody was there to hear that it is waited for. */
  unheard: number;
}

/** After how long a silence a node is given up. */
const silentAfterMs = 5_000;
/** How often in a row nobody may be there: a connection that is just coming back is given a moment. */
const maxUnheard = 2;

/** The questions of this node that wait for an answer. */
export class Asking {
  readonly #self: string;
  readonly #say: Say;
  readonly #nowMs: () => number;
  readonly #asked = new Map<number, Asked>();
  readonly #trust = new Map<string, Trust>();
  #lastId = 0;

  constructor(self: string, say: Say, nowMs: () => number) {
    this.#self = self;
    this.#say = say;
    this.#nowMs = nowMs;
  }

  async ask(node: string, text: string, onGone: OnGone): Promise<string | null> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      const settle = (answer: string | null): void => {
        if (this.#asked.delete(id)) resolve(answer);
      };
      this.#asked.set(id, { node, text, settle });
      this.#trustOf(node);
      onGone(() => {
        if (!this.#asked.has(id)) return;
        void this.#say(node, { type: 'dropped', from: this.#self, id });
        settle(null);
      });
      void this.#say(node, { type: 'ask', from: this.#self, id, text });
    });
  }

  /** Takes an answer. */
  answered({ from, id, text }: Extract<BusMessage, { readonly type: 'answer' }>): void {
    this.#heard(from);
    const asked = this.#asked.get(id);
    if (asked?.node === from) asked.settle(text);
  }

  /** A node lives, and does not know these questions: they were lost on their way. */
  alive({ from, unknown }: Extract<BusMessage, { readonly type: 'alive' }>): void {
    this.#heard(from);
    for (const id of unknown) {
      const asked = this.#asked.get(id);
      if (asked?.node === from) void this.#say(from, { type: 'ask', from: this.#self, id, text: asked.text });
    }
  }

  /** Once in a while: whoever is waited for is asked whether it is there, and given up if it is not. */
  tend(): void {
    for (const [node, { heardAtMs }] of this.#trust) {
      const ids = [...this.#asked].filter(([, asked]) => asked.node === node).map(([id]) => id);
      if (ids.length === 0) this.#trust.delete(node);
      else if (this.#nowMs() - heardAtMs >= silentAfterMs) this.#giveUp(node);
      else void this.#look(node, ids);
    }
  }

  /** No answer is had any more. */
  end(): void {
    for (const { settle } of this.#asked.values()) settle(null);
  }

  /** Says who waits: to one who is not there, that is found out by itself. */
  async #look(node: string, ids: readonly number[]): Promise<void> {
    const heard = await this.#say(node, { type: 'waiting', from: this.#self, ids });
    const trust = this.#trust.get(node);
    if (trust === undefined) return;
    trust.unheard = heard === 0 ? trust.unheard + 1 : 0;
    if (trust.unheard >= maxUnheard) this.#giveUp(node);
  }

  #giveUp(node: string): void {
    for (const asked of this.#asked.values()) if (asked.node === node) asked.settle(null);
  }

  #heard(node: string): void {
    const trust = this.#trust.get(node);
    if (trust !== undefined) trust.heardAtMs = this.#nowMs();
  }

  #trustOf(node: string): Trust {
    let trust = this.#trust.get(node);
    if (trust === undefined) {
      trust = { heardAtMs: this.#nowMs(), unheard: 0 };
      this.#trust.set(node, trust);
    }
    return trust;
  }
}
