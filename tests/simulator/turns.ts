/** Lets steps that concern one thing take effect in the order in which they were asked for, however late each may be. */
export class Turns {
  readonly #chains = new Map<string, Promise<unknown>>();

  /** Takes a step after those before it, once its gate is open; not at all if the gate says that it fails. */
  async take<Result>(name: string, gate: Promise<void> | null, effect: () => Promise<Result>): Promise<Result> {
    const before = this.#chains.get(name);
    if (before === undefined && gate === null) return effect();
    const turn = afterBoth(before, gate, effect);
    const ended = turn.then(
      () => {},
      () => {},
    );
    this.#chains.set(name, ended);
    try {
      return await turn;
    } finally {
      if (this.#chains.get(name) === ended) this.#chains.delete(name);
    }
  }
}

async function afterBoth<Result>(
  before: Promise<unknown> | undefined,
  gate: Promise<void> | null,
  effect: () => Promise<Result>,
): Promise<Result> {
  const [passed] = await Promise.allSettled([gate, before]);
  if (passed.status === 'rejected') throw passed.reason;
  return effect();
}
