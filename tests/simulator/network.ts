import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import type { Request, WireEnd } from './wire-end.ts';
import { Wire } from './wire.ts';

/** All wires of a world. */
export class Network {
  /** The next wire that is opened begins with this direction held. */
  nextHeld: 'down' | 'up' | null = null;
  /** How many items a wire takes that does not flow. */
  readonly #room: number;
  readonly #journal: Journal;
  readonly #gates: Gates;
  readonly #arrive: (wire: Wire, user: string) => void;
  #wires: Wire[] = [];
  #opened = 0;

  constructor(journal: Journal, gates: Gates, room: number, arrive: (wire: Wire, user: string) => void) {
    this.#journal = journal;
    this.#gates = gates;
    this.#room = room;
    this.#arrive = arrive;
  }

  /** The wires on which something can still happen. */
  get live(): readonly Wire[] {
    this.#wires = this.#wires.filter(({ live }) => live);
    return this.#wires;
  }

  /** Opens a wire for a user. The request arrives when the network is next carried on. */
  open(user: string, request: Request, end: WireEnd): Wire {
    this.#opened += 1;
    const name = `${user}/${this.#opened}`;
    this.#journal.note(() => `  ${name} asks ${request.method} ${request.query} ${request.body.trim()}`);
    const wire = new Wire(name, request, end, {
      journal: this.#journal,
      gates: this.#gates,
      room: this.#room,
      arrive: (one) => this.#arrive(one, user),
    });
    if (this.nextHeld !== null) wire.hold(this.nextHeld);
    this.nextHeld = null;
    this.#wires.push(wire);
    return wire;
  }

  /** Carries what clients have said to the server. */
  carry(): void {
    for (const wire of this.live) wire.carryUp();
  }

  /** Everything flows. What is cut stays cut, and unnoticed. */
  heal(): void {
    this.nextHeld = null;
    for (const wire of this.live) wire.flow();
  }

  /** Everybody notices what is cut. */
  notice(): void {
    for (const wire of this.live) wire.notice();
  }
}
