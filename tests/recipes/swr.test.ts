import { createElement as h } from 'react';
import type { ReactNode } from 'react';
import { describe } from 'vitest';
import { openPage } from '../react/page.ts';
import { querySuite } from './query-suite.ts';

openPage();
const { SWRConfig } = await import('swr');
const { useOrder } = await import('./swr.ts');

describe('SWR', () => {
  querySuite({
    useShownOrder() {
      const { data, rename } = useOrder('1');
      return { order: data, rename };
    },
    Cache({ children }: { readonly children?: ReactNode }) {
      return h(SWRConfig, { value: { provider: () => new Map() } }, children);
    },
  });
});
