import { createElement as h, useState } from 'react';
import type { ReactNode } from 'react';
import { describe } from 'vitest';
import { openPage } from '../react/page.ts';
import { querySuite } from './query-suite.ts';

openPage();
const { QueryClient, QueryClientProvider } = await import('@tanstack/react-query');
const { useOrder, useRename } = await import('./tanstack-query.ts');

describe('TanStack Query', () => {
  querySuite({
    useShownOrder: () => ({ order: useOrder('1').data, rename: useRename('1').mutateAsync }),
    Cache({ children }: { readonly children?: ReactNode }) {
      const [client] = useState(() => new QueryClient());
      return h(QueryClientProvider, { client }, children);
    },
  });
});
