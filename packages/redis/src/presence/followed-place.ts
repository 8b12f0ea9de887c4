import type { Entry, PlaceView, StateLog } from '@rt/core';

interface Shown {
  readonly text: string;
  readonly connections: number;
}

/** A place as its log says it is, with what can be counted beside it. */
export class FollowedPlace implements PlaceView {
  readonly #shown = new Map<string, Shown>();
  #log: StateLog;
  #connections = 0;

  constructor(log: StateLog) {
    this.#log = log;
    this.#read();
  }

  get log(): StateLog {
    return this.#log;
  }

  get count(): number {
    return this.#shown.size;
  }

  get connections(): number {
    return this.#connections;
  }

  /** Those who have been there for longest. */
  sample(count: number): readonly string[] {
    const texts: string[] = [];
    for (const { text } of this.#shown.values()) {
      if (texts.length >= count) break;
      texts.push(text);
    }
    return texts;
  }

  /** Counts what was appended to its log. */
  append({ payload, about }: Entry): void {
    if (about === null) return;
    this.#connections -= this.#shown.get(about.subject)?.connections ?? 0;
    if (about.removes) {
      this.#shown.delete(about.subject);
      return;
    }
    const text = String(payload);
    const connections = Number(/"connections":(\d+)\}$/.exec(text)?.[1]);
    this.#connections += connections;
    this.#shown.set(about.subject, { text, connections });
  }

  /**
   * Goes on with another log. False if that says something else of what was read in this one; otherwise it holds this one
   * and what has come since, and readers are where they were.
   */
  replace(log: StateLog): boolean {
    const before = this.#log;
    const leadsOn = log.epoch === before.epoch && log.top >= before.top && agree(before, log);
    if (leadsOn) log.handedOut = before.handedOut;
    this.#log = log;
    this.#read();
    return leadsOn;
  }

  #read(): void {
    this.#shown.clear();
    this.#connections = 0;
    for (const entry of this.#log.read(0).entries) this.append(entry);
  }
}

/** Whether what a newer log still has of an older one is what was read there. */
function agree(older: StateLog, newer: StateLog): boolean {
  return newer.read(0, { upTo: older.top }).entries.every(({ offset, payload, about }) => {
    const known = older.newest(about?.subject ?? '');
    return known === null || (known.offset === offset && known.payload === payload);
  });
}
