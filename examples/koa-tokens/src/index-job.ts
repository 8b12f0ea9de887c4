import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Indexed, Run } from './channels.ts';
import type { Document } from './corpus/documents.ts';
import { passagesOf } from './corpus/passages.ts';
import { SearchIndex } from './corpus/search-index.ts';

/** Where the progress is told. */
export interface Progress {
  document(indexed: Indexed): Promise<unknown>;
  run(run: Run): Promise<unknown>;
}

export interface IndexJobOptions {
  readonly progress: Progress;
  readonly documents: () => Promise<readonly Document[]>;
  /** The file that says how far it has come: a server that starts again goes on from there. */
  readonly checkpoint: string;
  /** How long to wait before each passage, in milliseconds, so that it can be watched. */
  readonly passageMs: number;
}

/** What the checkpoint says. */
interface Checkpoint {
  readonly number: number;
  readonly tookMs: number;
  /** How many passages of a document are done, by its path. */
  readonly done: Readonly<Record<string, number>>;
}

/** Puts the documents into an index, one after the other, and tells how far it is. */
export class IndexJob {
  readonly #options: IndexJobOptions;
  #index = new SearchIndex();
  #passages = 0;
  #running: { readonly stop: AbortController; readonly over: Promise<void> } | null = null;

  constructor(options: IndexJobOptions) {
    this.#options = options;
  }

  get index(): SearchIndex {
    return this.#index;
  }

  /** How much of the documents is in the index, 0 to 1. */
  get share(): number {
    return this.#passages === 0 ? 0 : this.#index.size / this.#passages;
  }

  /** Goes on where the server before has stopped. */
  async resume(): Promise<void> {
    this.#begin(await this.#read());
  }

  /** Begins anew. Returns whether it does: one that runs goes on. */
  async again(): Promise<boolean> {
    if (this.#running !== null) return false;
    this.#begin({ number: (await this.#read()).number + 1, tookMs: 0, done: {} });
    return true;
  }

  async close(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.over;
  }

  #begin(from: Checkpoint): void {
    const stop = new AbortController();
    const over = this.#run(from, stop.signal)
      .catch((error: unknown) => console.error('The index was not finished:', error))
      .finally(() => {
        this.#running = null;
      });
    this.#running = { stop, over };
  }

  async #run({ number, tookMs, done }: Checkpoint, signal: AbortSignal): Promise<void> {
    const { progress, documents, passageMs } = this.#options;
    const startedAtMs = Date.now() - tookMs;
    const parts = (await documents())
      .map((document) => ({ document: document.path, passages: passagesOf(document) }))
      .filter(({ passages }) => passages.length > 0)
      .map((part) => ({ ...part, begin: Math.min(done[part.document] ?? 0, part.passages.length) }));
    const index = new SearchIndex();
    this.#index = index;
    this.#passages = parts.reduce((sum, { passages }) => sum + passages.length, 0);
    const noted: Record<string, number> = {};
    // What an earlier server has done is only read again.
    for (const { document, passages, begin } of parts) {
      for (const passage of passages.slice(0, begin)) index.add(passage);
      noted[document] = begin;
      await progress.document({ document, done: begin, total: passages.length });
    }
    const isRunning = index.size < this.#passages;
    if (isRunning) await progress.run({ number, state: 'running', tookMs });
    for (const { document, passages, begin } of parts) {
      for (const [at, passage] of passages.entries()) {
        if (at < begin) continue;
        await pause(passageMs, null, { signal }).catch(() => {});
        if (signal.aborted) return;
        index.add(passage);
        noted[document] = at + 1;
        // Noted before it is told: what somebody has seen done is done, whatever happens to the server.
        await this.#write({ number, tookMs: Date.now() - startedAtMs, done: noted });
        await progress.document({ document, done: at + 1, total: passages.length });
      }
    }
    await progress.run({ number, state: 'done', tookMs: isRunning ? Date.now() - startedAtMs : tookMs });
  }

  async #read(): Promise<Checkpoint> {
    try {
      return JSON.parse(await readFile(this.#options.checkpoint, 'utf8')) as Checkpoint;
    } catch {
      // There is none yet.
      return { number: 1, tookMs: 0, done: {} };
    }
  }

  /** At once or not at all: a server that dies meanwhile leaves the one before. */
  async #write(checkpoint: Checkpoint): Promise<void> {
    const { checkpoint: path } = this.#options;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify(checkpoint));
    await rename(`${path}.new`, path);
  }
}
