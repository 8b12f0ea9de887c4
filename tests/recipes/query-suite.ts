import { within } from '@rt/testkit';
import type { ReactNode } from 'react';
import { createElement as h } from 'react';
import { expect, test } from 'vitest';
import { mount } from '../react/page.ts';
import type { Order } from './order.ts';
import { RtProvider } from './rt.ts';
import { shop } from './shop.ts';

/** What a recipe gives its component. */
export interface ShownOrder {
  readonly order: Order | undefined;
  readonly rename: (title: string) => Promise<unknown>;
}

export interface QueryRecipe {
  useShownOrder(): ShownOrder;
  /** With a cache of its own. */
  Cache(props: { readonly children?: ReactNode }): ReactNode;
}

/** What holds for a query that publications change, whatever holds the queries. */
export function querySuite({ useShownOrder, Cache }: QueryRecipe): void {
  async function opened() {
    const around = await shop();
    let rename: ShownOrder['rename'] = async () => {};
    function Page() {
      const shown = useShownOrder();
      rename = shown.rename;
      const { title, paid, lines } = shown.order ?? { title: '…', paid: false, lines: [] };
      return [title, paid ? 'paid' : 'open', ...lines].join(' ');
    }
    const page = await mount(h(RtProvider, { client: around.rt }, h(Cache, null, h(Page))), { strict: true });
    return { ...around, page, rename: (title: string) => rename(title) };
  }

  test('is fetched once; a publication patches it', async () => {
    const { page, change, fetches } = await opened();
    await page.shows('Tea open');
    await change({ paid: true });
    await page.shows('Tea paid');
    await change({ title: 'Coffee' });
    await page.shows('Coffee paid');
    expect(fetches()).toBe(1);
  });

  test('a publication that cannot be patched fetches it again', async () => {
    const { page, addLine, fetches } = await opened();
    await page.shows('Tea open');
    await addLine('Assam');
    await page.shows('Tea open Assam');
    expect(fetches()).toBe(2);
  });

  test('a change that comes while it is fetched is not lost', async () => {
    const { rt, page, change, addLine, holdAnswers, fetched } = await opened();
    await page.shows('Tea open');
    const answer = holdAnswers();
    await addLine('Assam');
    await fetched(2);
    const came = new Promise<void>((resolve) => void rt.channel('order:1').on('changed', () => resolve()));
    await change({ paid: true });
    await within('the change', came);
    answer();
    await page.shows('Tea paid Assam');
  });

  test('changes that come at once are not lost', async () => {
    const { page, change, addLine, proxy } = await opened();
    await page.shows('Tea open');
    proxy.cut();
    await addLine('Assam');
    await change({ paid: true });
    proxy.mend();
    await page.shows('Tea paid Assam');
  });

  test('a gap fetches it again', async () => {
    const { page, change, restart } = await opened();
    await page.shows('Tea open');
    await change({ paid: true });
    await page.shows('Tea paid');
    await restart();
    await change({ title: 'Coffee' });
    await page.shows('Coffee paid');
  });

  test('a mutation is shown at once, and stays', async () => {
    const { page, rename, holdRenames } = await opened();
    await page.shows('Tea open');
    const take = holdRenames();
    const renamed = rename('Mate');
    await page.shows('Mate open');
    take();
    await renamed;
    expect(page.text()).toBe('Mate open');
  });

  test('a mutation that is refused is taken back', async () => {
    const { page, rename, holdRenames } = await opened();
    await page.shows('Tea open');
    const refuse = holdRenames();
    const renamed = rename('');
    await page.shows(' open');
    refuse();
    await expect(renamed).rejects.toMatchObject({ code: 'send_denied' });
    await page.shows('Tea open');
  });
}
