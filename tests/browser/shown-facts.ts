import type { Page } from 'playwright-core';

export interface FactsOf<Facts> {
  readonly page: Page;
  readonly facts: (page: Page) => Promise<Facts>;
  /** What is waited for, in words. */
  readonly what: string;
  readonly fits: (now: Facts) => boolean;
}

/** Looks at what a page shows, frame by frame, until it fits. */
export async function untilShown<Facts>({ page, facts, what, fits }: FactsOf<Facts>): Promise<Facts> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const now = await facts(page);
    if (fits(now)) return now;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${JSON.stringify(now)}`);
    // One frame of the page: what it shows cannot change more often.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}
