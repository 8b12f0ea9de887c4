const words = [
  'order',
  'shipped',
  'status',
  'warehouse',
  'pending',
  'customer',
  'amount',
  'currency',
  'delivery',
  'street',
];

/** Texts of one length: a mark, their number in their channel, when they were due, and something that can be read. */
export class PayloadSource {
  readonly #bytes: number;
  readonly #fillings: readonly string[];
  readonly #numbers: number[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#fillings = Array.from({ length: 61 }, (_, n) => filling(n, bytes));
  }

  next(channel: number, dueUs: number): string {
    const number = (this.#numbers[channel] ?? 0) + 1;
    this.#numbers[channel] = number;
    const head = `|${String(number).padStart(10, '0')}|${String(dueUs).padStart(16, '0')}|`;
    return head + (this.#fillings[number % this.#fillings.length] ?? '').slice(0, this.#bytes - head.length);
  }
}

function filling(seed: number, bytes: number): string {
  let text = '';
  for (let state = seed + 1; text.length < bytes; state = (state * 48_271) % 2_147_483_647) {
    text += `${words[state % words.length]} ${state % 1000}, `;
  }
  return text;
}
