import { AskedExchange } from './asked-exchange.ts';
import type { BusSink, NodeBus, OnGone } from './node-bus.ts';
import type { AskedReply, AskedRequest, Counted, Question } from './question.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Observer } from '../observe/observer.ts';

/** How many nodes something has reached, this one among them. */
export interface Reached {
  /** How many there are. */
  readonly nodes: number;
  /** How many have answered in time: where it is fewer, some have not, and it may be repeated. */
  readonly answered: number;
}

/** How many connections there are, as far as nodes have answered. */
export interface ConnectionCount extends Reached {
  readonly connections: number;
}

/** What this node does itself when another asks. */
export interface OwnNode {
  serve(exchange: Exchange, userId: string | null): Promise<void>;
  disconnect(user: string): void;
  revoke(user: string, channel: string): void;
  /** Answers the poll that waits for a session, with what is there. */
  hurry(session: string): void;
  count(of: Counted): number;
}

/** A request that another node is serving for this one. */
interface Forwarded {
  readonly node: string;
  readonly session: string;
  readonly answering: Promise<string | null>;
}

/** The longest that all other nodes are waited for. */
const answerWithinMs = 5_000;

/** The other nodes that share the broker; there may be none. */
export class Peers {
  readonly #bus: NodeBus | null;
  readonly #own: OwnNode;
  /** The requests that other nodes are serving for this one. */
  readonly #requests = new Set<Forwarded>();

  constructor(bus: NodeBus | null, own: OwnNode, observe: Observer) {
    this.#bus = bus;
    this.#own = own;
    const troubled = (cause: unknown): void => observe({ type: 'error', stage: 'bus', cause });
    const asked: BusSink['asked'] = async (question, onGone) => this.#asked(JSON.parse(question) as Question, onGone);
    bus?.open({ asked, troubled }).catch(troubled);
  }

  /** The id of a session of this node, which whoever has it can find from every other. */
  sessionId(secret: string): string {
    return this.#bus === null ? secret : `${this.#bus.node}.${secret}`;
  }

  /** The other node that has the session of this id, or `null` if it can only be here. */
  nodeOf(sessionId: string): string | null {
    const node = /^([0-9a-z]{1,32})\./.exec(sessionId)?.[1] ?? null;
    return this.#bus === null || node === this.#bus.node ? null : node;
  }

  /** Lets the node serve a request that has its session. `null` if it does not answer. */
  async request(
    { node, session }: Pick<Forwarded, 'node' | 'session'>,
    request: Omit<AskedRequest, 'type'>,
    onGone: OnGone,
  ): Promise<AskedReply | null> {
    const question: Question = { type: 'request', ...request };
    const answering = this.#bus?.ask(node, JSON.stringify(question), onGone) ?? Promise.resolve(null);
    const forwarded: Forwarded = { node, session, answering };
    this.#requests.add(forwarded);
    const answer = await answering;
    this.#requests.delete(forwarded);
    return answer === null ? null : (JSON.parse(answer) as AskedReply);
  }

  /** Resolves when all requests are answered that other nodes are serving. Polls among them wait no longer. */
  async hurry(): Promise<void> {
    const hurried = [...this.#requests].map(async ({ node, session, answering }) => {
      const question: Question = { type: 'hurry', session };
      void this.#bus?.ask(node, JSON.stringify(question), () => {});
      await answering;
    });
    await Promise.all(hurried);
  }

  /** Tells all other nodes. Never rejects. */
  async tell(what: Extract<Question, { readonly type: 'disconnect' | 'revoke' }>): Promise<Reached> {
    const { nodes, answers } = await this.#askAll(what);
    return { nodes: nodes + 1, answered: answers.length + 1 };
  }

  /** Counts here and on all other nodes. Never rejects. */
  async count(of: Counted): Promise<ConnectionCount> {
    const { nodes, answers } = await this.#askAll({ type: 'count', ...of });
    const connections = answers.reduce((sum, answer) => sum + Number(answer), this.#own.count(of));
    return { connections, nodes: nodes + 1, answered: answers.length + 1 };
  }

  async close(): Promise<void> {
    await this.#bus?.close();
  }

  async #askAll(question: Question): ReturnType<NodeBus['askAll']> {
    return this.#bus?.askAll(JSON.stringify(question), answerWithinMs) ?? { nodes: 0, answers: [] };
  }

  async #asked(question: Question, onGone: OnGone): Promise<string> {
    switch (question.type) {
      case 'request': {
        const exchange = new AskedExchange(question, onGone);
        await this.#own.serve(exchange, question.user);
        return JSON.stringify(await exchange.replied);
      }
      case 'disconnect':
        this.#own.disconnect(question.user);
        return '';
      case 'revoke':
        this.#own.revoke(question.user, question.channel);
        return '';
      case 'hurry':
        this.#own.hurry(question.session);
        return '';
      case 'count':
        return String(this.#own.count(question));
      default:
        throw new TypeError(`another node asks what this one does not know: ${JSON.stringify(question)}`);
    }
  }
}
