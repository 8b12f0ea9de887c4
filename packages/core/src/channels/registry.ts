import type { ChannelPattern } from '@rt/protocol';
import { channelNameFault, eventNameFault, parsePattern, RtError } from '@rt/protocol';
import type { Keep } from '../log/entry.ts';
import type { Presence } from '../presence/presence-definition.ts';
import { presence } from '../presence/presence-definition.ts';
import type { Observer } from '../observe/observer.ts';
import { wholeNumber } from '../whole-number.ts';
import type { SlowPolicy } from '../delivery/local-channel.ts';
import type { ChannelDefinition, EnterRule, EventRule, EventSchemas, Rule } from './define-channel.ts';
import { ephemeralOf } from './ephemeral.ts';
import { keyedOf } from './keyed.ts';

/** A definition as the hub uses it: checked, and with its defaults filled in. */
export interface Definition {
  readonly pattern: ChannelPattern;
  readonly events: EventSchemas;
  readonly keep: Keep;
  readonly rules: Rules;
  /** The rules that it does not have: nobody may, or everybody, because nothing was said. */
  readonly unsaid: ReadonlySet<keyof Rules>;
  readonly slow: SlowPolicy;
  /** The shortest time from one batch to the next; 0 for every turn. */
  readonly everyMs: number;
  /** Who is there; `null` if nobody can be. */
  readonly presence: Presence | null;
}

type AnyParams = Readonly<Record<string, string>>;

/** The rules of a definition, by what they allow. */
export interface Rules {
  readonly subscribe: Rule<AnyParams>;
  readonly history: Rule<AnyParams>;
  readonly publish: EventRule<AnyParams>;
  readonly send: EventRule<AnyParams>;
  readonly enter: EnterRule<AnyParams>;
  readonly members: Rule<AnyParams>;
}

const ruleNames: readonly (keyof Rules)[] = ['subscribe', 'history', 'publish', 'send', 'enter', 'members'];

/** A channel name with the definition it falls under. */
export interface Match {
  readonly channel: string;
  readonly definition: Definition;
  readonly params: AnyParams;
}

/** How many channels are known without looking. */
const maxKnown = 10_000;

/** Finds the definition of a channel name. */
export class Registry {
  /** What was found before. When there are too many, all are looked for anew. */
  readonly #known = new Map<string, Match>();
  readonly #byLength = new Map<number, Definition[]>();
  /** Every pattern that is defined. */
  readonly patterns: readonly string[];
  readonly #observe: Observer;

  /** @throws RtError `definition_invalid` or `option_invalid`, naming the pattern and the fault. */
  constructor(
    definitions: Readonly<Record<string, ChannelDefinition<EventSchemas, never>>>,
    observe: Observer = () => {},
  ) {
    this.#observe = observe;
    this.patterns = Object.keys(definitions);
    const shapes = new Map<string, string>();
    for (const [text, definition] of Object.entries(definitions)) {
      const checked = check(text, definition);
      const twin = shapes.get(checked.pattern.shape);
      if (twin !== undefined) {
        throw new RtError('definition_invalid', `"${twin}" and "${text}" match the same names; keep one of them`);
      }
      shapes.set(checked.pattern.shape, text);
      const length = text.split(':').length;
      this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), checked]);
    }
    for (const group of this.#byLength.values()) group.sort((left, right) => left.pattern.compare(right.pattern));
  }

  /** @throws RtError `definition_invalid` if no definition has this very pattern. */
  require(pattern: string): void {
    if (this.patterns.includes(pattern)) return;
    throw new RtError(
      'definition_invalid',
      `no definition has the pattern "${pattern}"; defined: ${this.patterns.join(', ') || 'none'}`,
    );
  }

  /**
   * The app's own code is told what is defined if nothing matches; whoever asks from outside need not know, and the
   * observer is told instead.
   *
   * @throws RtError `channel_invalid` for a bad name, `channel_unknown` if no definition matches it.
   */
  find(channel: string, asker: 'app' | 'client' = 'client'): Match {
    return this.#known.get(channel) ?? this.#look(channel, asker);
  }

  #look(channel: string, asker: 'app' | 'client'): Match {
    const fault = channelNameFault(channel);
    if (fault !== null) throw new RtError('channel_invalid', `the channel name ${JSON.stringify(channel)} ${fault}`);
    const segments = channel.split(':');
    for (const definition of this.#byLength.get(segments.length) ?? []) {
      const params = definition.pattern.match(segments);
      if (params === null) continue;
      // Rules and handlers of the app are given these, again and again.
      const match = { channel, definition, params: Object.freeze(params) };
      if (this.#known.size >= maxKnown) this.#known.clear();
      this.#known.set(channel, match);
      return match;
    }
    const defined = `defined: ${this.patterns.join(', ') || 'none'}`;
    if (asker === 'app') throw new RtError('channel_unknown', `no definition matches "${channel}"; ${defined}`);
    const message = `a client asks for the channel "${channel}", and no definition matches that; ${defined}. Correct the name there, or define it here`;
    this.#observe({ type: 'warning', message });
    throw new RtError(
      'channel_unknown',
      `no definition matches "${channel}"; correct the name, or define it: the server's log says what is defined`,
    );
  }
}

function check(text: string, definition: ChannelDefinition<EventSchemas, never>): Definition {
  const pattern = parsePattern(text);
  const events = Object.entries(definition.events ?? {});
  if (events.length === 0 && definition.presence === undefined)
    throw invalid(text, 'it has no events; name at least one: events: { changed: schema }');
  for (const [event, schema] of events) {
    const fault = eventNameFault(event);
    if (fault !== null) throw invalid(text, `the event name ${JSON.stringify(event)} ${fault}`);
    if (typeof schema?.['~standard']?.validate !== 'function') {
      throw invalid(
        text,
        `the event "${event}" needs a Standard Schema (zod, valibot, arktype …), but has ${typeof schema}`,
      );
    }
  }
  const { slow = 'resume' } = definition;
  if (slow !== 'resume' && slow !== 'conflate' && slow !== 'close') {
    throw invalid(text, `slow must be 'resume', 'conflate' or 'close', but was ${JSON.stringify(slow)}`);
  }
  if (slow === 'conflate' && !events.some(([, schema]) => keyedOf(schema) !== null)) {
    throw invalid(text, "slow: 'conflate' needs an event with a key: price: keyed(schema, { by })");
  }
  return {
    pattern,
    // Without a prototype: an event that is called "constructor" must be one that was defined.
    events: Object.assign(Object.create(null) as EventSchemas, definition.events),
    keep: keep(text, definition),
    rules: rules(text, definition),
    unsaid: new Set(ruleNames.filter((name) => definition[name] === undefined)),
    slow,
    everyMs: wholeNumber(`everyMs of "${text}"`, definition.everyMs, { fallback: 0, min: 0, max: 60_000 }),
    presence: presence(text, definition.presence),
  };
}

function keep(text: string, { keep: options = {}, events }: ChannelDefinition<EventSchemas, never>): Keep {
  const { newestPer } = options;
  if (newestPer !== undefined && newestPer !== 'key') {
    throw invalid(text, `keep.newestPer must be 'key', but was ${JSON.stringify(newestPer)}`);
  }
  const newestOnly = newestPer === 'key';
  for (const [event, schema] of Object.entries(events)) {
    if (!newestOnly || keyedOf(schema) !== null || ephemeralOf(schema) !== null) continue;
    throw invalid(text, `it keeps the newest per key, and "${event}" has none: ${event}: keyed(schema, { by })`);
  }
  const fallback = newestOnly ? 10_000 : 100;
  return {
    count: wholeNumber(`keep.count of "${text}"`, options.count, { fallback, min: 1, max: 1_000_000 }),
    forMs: wholeNumber(`keep.forMs of "${text}"`, options.forMs, { fallback: 300_000, min: 1 }),
    newestOnly,
  };
}

function rules(text: string, definition: ChannelDefinition<EventSchemas, never>): Rules {
  const { subscribe = 'nobody', history = 'anyone', publish = 'nobody', send = 'nobody' } = definition;
  const { enter = 'nobody', members = 'anyone' } = definition;
  const all = { subscribe, history, publish, send, enter, members };
  for (const [name, rule] of Object.entries(all)) {
    if (rule !== 'anyone' && rule !== 'nobody' && typeof rule !== 'function') {
      throw invalid(text, `${name} must be 'anyone', 'nobody' or a function, but was ${JSON.stringify(rule)}`);
    }
  }
  // A rule is asked with the parameters of its own pattern only.
  return all as Rules;
}

function invalid(pattern: string, why: string): RtError {
  return new RtError('definition_invalid', `the channel "${pattern}" cannot be used: ${why}`);
}
