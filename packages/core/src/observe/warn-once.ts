import type { Observer } from './observer.ts';

/** The most different warnings of one hub: some are about what clients make up. */
const most = 20;

/** Passes on each warning once: a mistake is made once, and met by every request. */
export function warnOnce(observer: Observer): Observer {
  const told = new Set<string>();
  return (event) => {
    if (event.type === 'warning') {
      if (told.has(event.message) || told.size >= most) return;
      told.add(event.message);
    }
    observer(event);
  };
}
