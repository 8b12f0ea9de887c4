import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { chromiumRunner } from '../client/transport-suite/chromium-runner.ts';
import { clientTransportSuite } from '../client/transport-suite/index.ts';
import { launchChromium } from '../support/chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => browser.close());

clientTransportSuite('Chromium', (origin) => chromiumRunner(browser, origin));
