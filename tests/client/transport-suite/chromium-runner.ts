import type { Browser } from 'playwright-core';
import { createPipes } from './pipes.ts';
import type { Remote, Runner, Pipes, Told } from './runner.ts';

/** The transports in a page of a real browser, which is of this origin. */
export async function chromiumRunner(browser: Browser, origin: string): Promise<Runner> {
  const page = await browser.newPage();
  const problems: string[] = [];
  let listener: (pipe: number, told: Told) => void = () => {};
  page.on('pageerror', (error) => problems.push(error.message));
  await page.exposeFunction('tell', (pipe: number, told: Told) => listener(pipe, told));
  await page.goto(`${origin}/.page`);
  await page.waitForFunction(() => document.title === 'ready');
  await page.evaluate(`window.pipes = (${String(createPipes)})(window.rtClient, window.tell)`);
  const call = async (name: keyof Pipes, values: readonly unknown[]): Promise<void> => {
    await page.evaluate(`window.pipes.${name}(...${JSON.stringify(values)})`);
  };
  const pipes: Remote<Pipes> = {
    open: (...values) => call('open', values),
    send: (...values) => call('send', values),
    named: (...values) => call('named', values),
    last: (...values) => call('last', values),
    close: (...values) => call('close', values),
    turn: (...values) => call('turn', values),
  };
  return {
    pipes,
    listen: (listen) => void (listener = listen),
    async close() {
      await page.close();
      if (problems.length > 0) throw new Error(`the page had errors: ${problems.join('; ')}`);
    },
  };
}
