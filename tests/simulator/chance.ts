import { seededRandom } from '@rt/testkit';

/** Choices that are the same for the same seed. */
export interface Chance {
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  /** True with this probability. */
  odds(probability: number): boolean;
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
  /** One of the items, each as likely as its weight says. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item;
}

/** Creates the choices of a seed. */
export function createChance(seed: number): Chance {
  // Neighbouring seeds must not begin alike.
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  const below = (count: number): number => Math.floor(random() * count);
  return {
    below,
    odds: (probability) => random() < probability,
    oneOf: (items) => items[below(items.length)] ?? items[0],
    weighted<Item>(items: readonly (readonly [number, Item])[]): Item {
      let left = random() * items.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, item] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      throw new RangeError('nothing to choose from');
    },
  };
}
