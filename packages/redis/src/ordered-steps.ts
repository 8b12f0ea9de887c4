/** Steps that concern one name take effect in the order in which they are asked for. */
export class OrderedSteps {
  /** The end of the last step for each name. */
  readonly #ends = new Map<string, Promise<unknown>>();

  async run<Result>(name: string, step: () => Promise<Result>): Promise<Result> {
    const before = this.#ends.get(name);
    const result = before === undefined ? step() : before.then(step, step);
    const ended = result.then(
      () => {},
      () => {},
    );
    this.#ends.set(name, ended);
    try {
      return await result;
    } finally {
      if (this.#ends.get(name) === ended) this.#ends.delete(name);
    }
  }
}
