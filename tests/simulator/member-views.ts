import type { Member, MemberChangesBody, MembersBody } from '@rt/protocol';
import { formatPosition, parsePosition } from '@rt/protocol';
import type { PresenceLedger } from './presence-ledger.ts';
import type { PresenceLife, Roster, Shown } from './presence-life.ts';
import { connectionsOf } from './presence-life.ts';
import type { When } from './told.ts';

/** What `subscribed` says of who is there. */
export type PresenceOpening = MembersBody | { readonly position: string };
type ListBody = Extract<MembersBody, { readonly members: unknown }>;
type SampleBody = Extract<MembersBody, { readonly sample: unknown }>;

/** When it was told something, and what was true. */
export interface Heard {
  readonly truth: PresenceLedger;
  readonly when: When;
}

/** Who is in a channel, as a client was told. */
interface View {
  /** The place up to which it knows all; `null` if it knows a few. */
  position: string | null;
  roster: Map<string, Shown>;
  /** How far the log had come at least when it was told last. */
  life: PresenceLife | null;
  reached: number;
  count: number;
}

/** How many are told of too many. */
const sampleSize = 20;

/** Who is where as one client sees it, over all its connections: each thing that it is told is compared with the truth. */
export class MemberViews {
  readonly #fail: (why: string) => void;
  readonly #listUpTo: number;
  readonly #views = new Map<string, View>();

  constructor(listUpTo: number, fail: (why: string) => void) {
    this.#listUpTo = listUpTo;
    this.#fail = fail;
  }

  /** From where on it wants to be told, as the field of a subscription. */
  start(channel: string): true | string {
    return this.#views.get(channel)?.position ?? true;
  }

  /** A subscription begins. `asked` is what it has asked for. */
  began(channel: string, asked: true | string, body: PresenceOpening, { truth, when }: Heard): void {
    if ('count' in body) return this.#all(channel, body, { truth, when });
    const view = this.#views.get(channel);
    if (body.position !== asked)
      this.#fail(`asked who is in ${channel} from ${asked}, and goes on from ${body.position}`);
    if (view?.position !== asked) this.#fail(`has no view of ${channel} at ${asked} to go on from`);
    const place = parsePosition(body.position);
    const life = place === null ? null : truth.find(channel, place.epoch);
    if (place === null || life === null || place.offset > life.top(when.written)) {
      return this.#fail(`goes on from ${body.position} in ${channel}, and nobody was ever there`);
    }
  }

  /** A frame tells who is there, or what has changed. */
  told(channel: string, body: MembersBody | MemberChangesBody, { truth, when }: Heard): void {
    if (!this.#views.has(channel)) return this.#fail(`was told who is in ${channel} before its view of it has begun`);
    if ('changed' in body) return this.#changes(channel, body, { truth, when });
    this.#all(channel, body, { truth, when });
  }

  /** The answer to a question, which is of some moment in between. */
  answered(channel: string, body: MembersBody, { truth, when }: Heard): void {
    // Where nobody is and nobody looks is no log.
    const { epoch } = 'members' in body ? (parsePosition(body.position) ?? { epoch: '' }) : { epoch: '' };
    if (body.count === 0 && truth.find(channel, epoch) === null) return;
    const asked: Asked = { truth, when, from: (life) => life.top(when.earliest) };
    if ('members' in body) this.#list(channel, body, asked);
    else this.#sample(channel, body, asked);
  }

  /** Why it does not see who is there now, where it is subscribed and everything has come. */
  fault(channel: string, truth: PresenceLedger): string | null {
    const view = this.#views.get(channel);
    const life = truth.current(channel);
    if (view === undefined || life === null) return `has no view of who is in ${channel}`;
    const top = life.steps.length;
    const roster = life.roster(top);
    if (view.position === null) {
      return view.count === roster.size ? null : `knows of ${view.count} in ${channel}, and there are ${roster.size}`;
    }
    if (view.position !== formatPosition(life.epoch ?? '', top))
      return `sees who is in ${channel} at ${view.position}, and never at ${life.epoch}.${top}`;
    const wrong = differing(view.roster, roster)[0];
    return wrong === undefined ? null : `has a wrong view of ${wrong} in ${channel}`;
  }

  #all(channel: string, body: MembersBody, heard: Heard): void {
    const known = this.#views.get(channel);
    const asked = { ...heard, from: (life: PresenceLife) => (known?.life === life ? known.reached : 0) };
    const found = 'members' in body ? this.#list(channel, body, asked) : this.#sample(channel, body, asked);
    this.#views.set(channel, {
      position: 'members' in body ? body.position : null,
      roster: rosterOf('members' in body ? body.members : body.sample),
      life: found?.life ?? null,
      reached: found?.offset ?? 0,
      count: body.count,
    });
  }

  #list(channel: string, body: ListBody, { truth, when, from }: Asked): Found | null {
    const place = parsePosition(body.position);
    const life = place === null ? null : truth.find(channel, place.epoch);
    if (place === null || life === null) {
      this.#fail(`was told who is in ${channel} at ${body.position}, and no log has this epoch`);
      return null;
    }
    const { offset } = place;
    const [least, top] = [from(life), life.top(when.written)];
    if (offset < least || offset > top)
      this.#fail(`was told who is in ${channel} at ${body.position}, and it was ${least} to ${top}`);
    const wrong = differing(rosterOf(body.members), life.roster(offset))[0];
    if (wrong !== undefined) this.#fail(`was told a list of ${channel} at ${body.position} that is wrong of ${wrong}`);
    if (body.members.length > this.#listUpTo) this.#fail(`was told a list of ${body.members.length} in ${channel}`);
    this.#counts(channel, body, life.roster(offset));
    return { life, offset };
  }

  #sample(channel: string, body: SampleBody, { truth, when, from }: Asked): Found | null {
    if (body.count <= this.#listUpTo * 0.8) this.#fail(`was told only a few of the ${body.count} in ${channel}`);
    const few = rosterOf(body.sample);
    for (const life of new Set([truth.at(channel, when.earliest), truth.at(channel, when.written)])) {
      if (life === null) continue;
      for (let offset = from(life); offset <= life.top(when.written); offset += 1) {
        if (isSample(few, body, life.roster(offset))) return { life, offset };
      }
    }
    this.#fail(`was told a few of ${body.count} in ${channel}, and that was never so`);
    return null;
  }

  #changes(channel: string, body: MemberChangesBody, { truth, when: { written } }: Heard): void {
    const view = this.#views.get(channel);
    const place = parsePosition(body.position);
    if (view === undefined || view.position === null || place === null)
      return this.#fail(`was told what changes in ${channel}, and does not know all who are there`);
    const life = truth.find(channel, place.epoch);
    const known = parsePosition(view.position);
    if (life === null || known === null || known.epoch !== place.epoch || place.offset <= known.offset) {
      return this.#fail(`was told what has changed in ${channel} up to ${body.position}, after ${view.position}`);
    }
    const top = life.top(written);
    if (place.offset > top) return this.#fail(`was told ${body.position} in ${channel}, and ${top} was the newest`);
    for (const [user, one] of rosterOf(body.changed)) view.roster.set(user, one);
    for (const user of body.left) view.roster.delete(user);
    view.position = body.position;
    view.life = life;
    view.reached = place.offset;
    view.count = body.count;
    const roster = life.roster(place.offset);
    const wrong = differing(view.roster, roster)[0];
    if (wrong !== undefined) this.#fail(`has a wrong view of ${wrong} in ${channel} at ${body.position}`);
    this.#counts(channel, body, roster);
  }

  #counts(
    channel: string,
    { count, connections }: { readonly count: number; readonly connections: number },
    roster: Roster,
  ): void {
    if (roster.size === count && connectionsOf(roster) === connections) return;
    this.#fail(`was told that ${count} with ${connections} clients are in ${channel}, and there were ${roster.size}`);
  }
}

/** What a list is compared with: the truth of some moment from a place on. */
interface Asked extends Heard {
  readonly from: (life: PresenceLife) => number;
}

/** The moment that it is of. */
interface Found {
  readonly life: PresenceLife;
  readonly offset: number;
}

function rosterOf(members: readonly Member[]): Map<string, Shown> {
  return new Map(
    members.map(({ user, state, connections }) => [user, { state: JSON.stringify(state), connections }] as const),
  );
}

function isSample(few: Roster, { count, connections }: SampleBody, roster: Roster): boolean {
  return (
    roster.size === count &&
    connectionsOf(roster) === connections &&
    few.size === Math.min(sampleSize, count) &&
    [...few].every(([user, one]) => same(one, roster.get(user)))
  );
}

function same(one: Shown | undefined, other: Shown | undefined): boolean {
  return one?.state === other?.state && one?.connections === other?.connections;
}

function differing(view: Roster, truth: Roster): readonly string[] {
  return [...new Set([...view.keys(), ...truth.keys()])].filter((user) => !same(view.get(user), truth.get(user)));
}
