import type { Plant } from './plants.ts';

/** Every kind of mistake that the engine could come to make about keys, places and paces. */
export const statePlants: readonly Plant[] = [
  {
    name: 'conflation drops the newest',
    file: 'log/conflate.js',
    from: 'if (entry.about !== null)\n            newest.set',
    to: 'if (entry.about !== null && !newest.has(entry.about.subject))\n            newest.set',
    found: /comes next|and never|never the rest/,
  },
  {
    name: 'a state lets go of a removal too early',
    file: 'log/state-log.js',
    from: 'removal.atMs > nowMs - this.keep.forMs',
    to: 'removal.atMs > nowMs - this.keep.forMs / 2',
    found: /floor|placed|no gap|by a gap|comes next|and never/,
  },
  {
    name: 'a state lets go of a removal and does not say so',
    file: 'log/state-log.js',
    from: 'this.#floor = removal.offset;',
    to: '',
    found: /floor|and never|never the rest|no gap|is newer/,
  },
  {
    name: 'a state is not told from its beginning',
    file: 'log/locate.js',
    from: 'return newestOnly ? 0 : floor;',
    to: 'return floor;',
    found: /placed|comes next|page|gap/,
  },
  {
    name: 'a publication is stored after a place though something newer is there',
    file: 'broker/memory-broker.js',
    from: 'log.isNewest(offset, subject)',
    to: 'offset <= log.top',
    found: /is newer/,
  },
  {
    name: 'a publication is refused though nothing newer is there',
    file: 'log/state-log.js',
    from: 'newest.offset <= offset',
    to: 'newest.offset < offset',
    found: /nothing newer is there/,
  },
  {
    name: 'a state takes one key too many',
    file: 'broker/memory-broker.js',
    from: 'log.subjects < keep.count',
    to: 'log.subjects <= keep.count',
    found: /and was full/,
  },
  {
    name: 'pacing loses what waits',
    file: 'delivery/flush.js',
    from: 'const due = () => {\n            this.#waiting.delete(channel);\n            this.grew(channel);',
    to: 'const due = () => {\n            this.#waiting.delete(channel);',
    found: /never the rest|never at|knows of/,
  },
  {
    name: 'what is ephemeral is told twice',
    file: 'delivery/local-channel.js',
    from: '[...this.#passing.values()];',
    to: '[...this.#passing.values(), ...this.#passing.values()];',
    found: /twice, and it is ephemeral/,
  },
];
