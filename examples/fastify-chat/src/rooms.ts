/** A room of the house. The page has the same list. */
export interface Room {
  readonly id: string;
  readonly name: string;
  /** What it is for, in a few words. */
  readonly topic: string;
  /** Who may read and write there. */
  readonly open: 'to all' | 'to key holders';
  /** What stands there as long as nobody has written. */
  readonly empty: string;
}

export const rooms: readonly Room[] = [
  {
    id: 'workshop',
    name: 'Workshop',
    topic: 'Stands, tools and opening hours',
    open: 'to all',
    empty: 'Nobody has written here yet. Ask for a stand, or say what you are working on.',
  },
  {
    id: 'parts',
    name: 'Parts',
    topic: 'What we have, what is on order',
    open: 'to all',
    empty: 'Nobody has written here yet. Ask whether we have a part before you buy one.',
  },
  {
    id: 'rides',
    name: 'Rides',
    topic: 'Who goes where, and when',
    open: 'to all',
    empty: 'Nobody has written here yet. Say where you are going and when you start.',
  },
  {
    id: 'keys',
    name: 'Keys',
    topic: 'Who opens and who locks up',
    open: 'to key holders',
    empty: 'Nobody has written here yet. Say which evening you take.',
  },
];

/** The longest message, in characters. */
export const maxTextLength = 500;
