import type { Group, Setup, Traffic } from './traffic.ts';

/** How long things are measured, and with how many. */
export interface Pace {
  readonly warmS: number;
  readonly windowS: number;
  readonly quick: boolean;
}

/** One way in which a scenario's servers are loaded. */
export interface Load {
  readonly name: string;
  readonly traffic: Traffic;
  /** What comes before it is measured. @default the same */
  readonly warm?: Traffic;
  /** How many times as long as others it is measured, where what is looked for is rare. @default 1 */
  readonly windows?: number;
  /** How long clients are waited for when publishing is over. @default 20_000 */
  readonly drainWithinMs?: number;
}

/** Connections that are told things. */
export interface FanOut {
  readonly type: 'fan-out';
  readonly groups: readonly Group[];
  /** How many of the clients are members of their first channel. */
  readonly members: number;
  readonly loads: readonly Load[];
}

/** Connections that are told nothing: a few, and then many more. */
export interface Idle {
  readonly type: 'idle';
  readonly first: number;
  readonly more: number;
}

/** Some of the clients stop reading. */
export interface Slow {
  readonly type: 'slow';
  readonly slow: number;
  readonly others: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** The server is killed, and all clients come back to what was published meanwhile. */
export interface Resume {
  readonly type: 'resume';
  readonly clients: number;
  readonly channels: number;
  readonly publications: number;
}

/** More and more connections, which are told things all the time. */
export interface Growth {
  readonly type: 'growth';
  readonly steps: readonly number[];
  readonly perSecond: number;
}

export type Course = FanOut | Idle | Slow | Resume | Growth;

/** Something that is measured, as data: who, how many, with what. */
export interface Scenario {
  readonly name: string;
  /** One sentence for the results. */
  readonly says: string;
  /** All whom it measures. */
  readonly contestants: readonly string[];
  /** Those of a quick run. */
  readonly quick: readonly string[];
  /** What the others are compared with. */
  readonly control: string;
  readonly setup: Pick<Setup, 'payloadBytes' | 'keep'>;
  readonly course: Course;
  /** With fewer connections, for a quick run. @default the course */
  readonly quickCourse?: Course;
  /** The most rounds that it is worth. @default any number */
  readonly mostRounds?: number;
  readonly goals: readonly Goal[];
}

/** What is wanted of one number, in the median of all rounds, of every contestant that it is about. */
export interface Goal {
  readonly id: string;
  readonly says: string;
  readonly load: string;
  readonly of: readonly string[];
  readonly number: string;
  /** The number is compared with this one's in the same round. */
  readonly against?: string;
  /** How it is compared: divided by it, the other way round, or by what it is more. @default 'ratio' */
  readonly as?: 'ratio' | 'times' | 'difference';
  /** Both run on another Node: the number is put in relation to this control there, and to the scenario's control here. */
  readonly bridge?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}
