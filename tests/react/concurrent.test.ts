import { createElement as h, startTransition, useLayoutEffect, useState } from 'react';
import { expect, test } from 'vitest';
import { reactGround, RtProvider, usePublications } from './ground.ts';
import { mount, openPage } from './page.ts';

openPage();

/** How many components render, each for longer than React works without a pause. */
const components = 12;
const slowMs = 6;

// RT-REACT-5
test('what comes while a transition renders is shown by all components or by none', async () => {
  const { rt, say, hub } = await reactGround();
  await say(0);
  const slices: number[] = [];
  let publish = (): void => {};
  function Newest({ round }: { readonly round: number }) {
    const newest = usePublications('room:1', { last: 1 })[0]?.data;
    if (round > 0) {
      const untilMs = performance.now() + slowMs;
      while (performance.now() < untilMs);
      slices.push(round);
      publish();
    }
    return h('i', null, `${round}:${JSON.stringify(newest)} `);
  }
  const seen: string[] = [];
  let begin = (): void => {};
  function Page() {
    const [round, setRound] = useState(0);
    begin = () => startTransition(() => setRound((before) => before + 1));
    useLayoutEffect(() => {
      seen.push([...document.querySelectorAll('i')].map(({ textContent }) => textContent).join(''));
    });
    return Array.from({ length: components }, (_, n) => h(Newest, { key: n, round }));
  }
  const page = await mount(h(RtProvider, { client: rt }, h(Page)));
  document.body.append(page.container);
  await page.shows('0:0 '.repeat(components));
  let last = 0;
  publish = () => {
    if (last < 30)
      void hub()
        .channel('room:1')
        .publish('said', (last += 1));
  };
  for (let round = 1; round <= 3; round += 1) {
    begin();
    await page.fits(`round ${round}`, (text) => text.startsWith(`${round}:`));
  }
  publish = () => {};
  await page.shows(`3:${last} `.repeat(components));
  expect(slices.length).toBeGreaterThanOrEqual(3 * components);
  for (const commit of [...page.commits.slice(1), ...seen]) {
    expect(new Set(commit.trim().split(' ')).size, commit).toBe(1);
  }
  // Publications came in between, or this would have proved nothing.
  expect(new Set(page.commits).size).toBeGreaterThan(5);
});
