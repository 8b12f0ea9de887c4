/** Registers what is called once when whoever has asked does not wait any more. */
export type OnGone = (run: () => void) => void;

/** What the hub gives the bus to call. */
export interface BusSink {
  /** Another node asks. If it rejects, that is observed, and there is no answer. */
  asked(question: string, onGone: OnGone): Promise<string>;
  /** Something has gone wrong that nobody waits for, and that the bus goes on with by itself. Never throws. */
  troubled(cause: unknown): void;
}

/** What became of a question to all other nodes. */
export interface Answers {
  /** How many other nodes there are. */
  readonly nodes: number;
  /** What those have said that have answered in time. */
  readonly answers: readonly string[];
}

/**
 * Questions between the nodes that share a broker. A bus never looks into them.
 *
 * - `open` MUST be called once and before anything else; a second call rejects. When it resolves, others can ask.
 * - A question MUST be given to the sink of the node once, however often it had to be sent.
 * - `ask` resolves to the answer, or to `null` if there is none to be had: nobody is called so, the node has died or
 *   cannot answer, or nothing was heard of it for 5 seconds. It waits as long as the node lives and is at it. It MUST NOT reject.
 *   The other node is told when the one who asks is gone, and when the node dies that has asked.
 * - `askAll` asks every other node, and waits so long; it rejects if it cannot be known which there are.
 * - `close` resolves when nothing more reaches the sink; what is asked then, or waits, resolves to `null`. Closing twice is
 *   harmless.
 */
export interface NodeBus {
  /** This node's name, of `0-9a-z`. No other has it, and it is another one after a restart. */
  readonly node: string;
  open(sink: BusSink): Promise<void>;
  ask(node: string, question: string, onGone: OnGone): Promise<string | null>;
  askAll(question: string, withinMs: number): Promise<Answers>;
  close(): Promise<void>;
}
