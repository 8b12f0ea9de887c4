import { setImmediate } from 'node:timers/promises';
import { within } from '@rt/testkit';
import { Window } from 'happy-dom';
import type { ReactNode } from 'react';
import { createElement, Profiler, StrictMode } from 'react';
import { afterAll, onTestFinished } from 'vitest';

/**
 * Makes a page of this file's process, until its tests are over. Whatever looks for one when it is loaded, as React's DOM
 * does, has to be imported after that.
 */
export function openPage(): void {
  const window = new Window({ url: 'http://localhost/' });
  const globals: Readonly<Record<string, unknown>> = { window, document: window.document };
  Object.assign(globalThis, globals);
  afterAll(async () => {
    // What React has still to do.
    for (let turn = 0; turn < 4; turn += 1) await setImmediate();
    for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name);
    await window.happyDOM.close();
  });
}

/** What is on the page, and how to wait for it. */
export interface Mounted {
  text(): string;
  /** What was on the page after each commit. */
  readonly commits: readonly string[];
  /** Waits for a commit that shows exactly this. */
  shows(wanted: string): Promise<void>;
  /** Waits for a commit that fits. */
  fits(what: string, isFit: (text: string) => boolean): Promise<void>;
  render(element: ReactNode): void;
  unmount(): void;
  readonly container: HTMLElement;
}

/** Renders into the page. @param quiet Does not print the errors that a boundary has caught */
export async function mount(element: ReactNode, { strict = false, quiet = false } = {}): Promise<Mounted> {
  const { createRoot } = await import('react-dom/client');
  const container = document.createElement('div');
  const root = createRoot(container, quiet ? { onCaughtError() {} } : {});
  const commits: string[] = [];
  let wake = (): void => {};
  const text = (): string => container.textContent;
  const onRender = (): void => {
    commits.push(text());
    wake();
  };
  const render = (inside: ReactNode): void => {
    const profiled = createElement(Profiler, { id: 'page', onRender }, inside);
    root.render(strict ? createElement(StrictMode, null, profiled) : profiled);
  };
  const fits = async (what: string, isFit: (shown: string) => boolean): Promise<void> => {
    while (!isFit(text())) {
      await within(`${what}, after "${text()}"`, new Promise<void>((resolve) => (wake = resolve)));
    }
  };
  onTestFinished(() => root.unmount());
  render(element);
  return {
    text,
    commits,
    container,
    render,
    fits,
    shows: (wanted) => fits(`"${wanted}"`, (shown) => shown === wanted),
    unmount: () => root.unmount(),
  };
}
