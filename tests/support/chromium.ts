import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { chromiumArgs, chromiumExecutable } from '../../tools/chromium.ts';

/** A real browser, headless. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await chromiumExecutable();
  return chromium.launch({ ...(executablePath && { executablePath }), args: [...chromiumArgs] });
}
