import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A bug that is put into a copy of the engine. */
export interface Plant {
  readonly name: string;
  /** The file of the built engine, from its `dist`. */
  readonly file: string;
  /** What stands there, exactly once: a plant fails loudly when the code has moved on. */
  readonly from: string;
  readonly to: string;
  /** What the simulator must say of it. */
  readonly found: RegExp;
}

const built = path.dirname(fileURLToPath(import.meta.resolve('@rt/core')));
// Below `node_modules`, so that the copies find the packages that the engine imports.
const copies = fileURLToPath(new URL('../node_modules/.cache/planted', import.meta.url));

/** Copies the built engine, with the bug in it if there is one. Returns the URL of the copy's module. */
export function plantedCore(name: string, plant: Omit<Plant, 'name' | 'found'> | null): string {
  const copy = path.join(copies, name.replaceAll(/\W+/g, '-'));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  writeFileSync(path.join(copy, 'package.json'), '{"type":"module"}');
  cpSync(built, copy, { recursive: true, filter: (source) => !/\.(d\.ts|map|tsbuildinfo)$/.test(source) });
  if (plant !== null) {
    const file = path.join(copy, plant.file);
    const parts = readFileSync(file, 'utf8').split(plant.from);
    if (parts.length !== 2) {
      throw new Error(
        `"${name}" must find its place in ${plant.file} once, and finds ${parts.length - 1}: ${plant.from}`,
      );
    }
    writeFileSync(file, parts.join(plant.to));
  }
  return pathToFileURL(path.join(copy, 'index.js')).href;
}

/** Every kind of mistake that the engine could come to make about what is published. */
export const plants: readonly Plant[] = [
  {
    name: 'the reply to subscribe comes after publications',
    file: 'session/replies.js',
    from: `        connection.send(this.#wrapping.wrap(lines));
        if (cursors.length > 0)
            this.#delivery.begin(connection, cursors);`,
    to: `        if (cursors.length > 0)
            this.#delivery.begin(connection, cursors);
        connection.send(this.#wrapping.wrap(lines));`,
    found: /before connected|while it was not subscribed/,
  },
  {
    name: 'a cursor skips what was trimmed and does not say so',
    file: 'delivery/flush.js',
    from: 'this.#push(turn, cursor, connection.encodedGap(gap));',
    to: '',
    found: /where \d+ comes next/,
  },
  {
    name: 'a gap is told twice',
    file: 'delivery/flush.js',
    from: 'this.#push(turn, cursor, connection.encodedGap(gap));',
    to: 'for (let twice = 0; twice < 2; twice += 1) this.#push(turn, cursor, connection.encodedGap(gap));',
    found: /told a gap up to/,
  },
  {
    name: 'drained is not passed on',
    file: 'delivery/delivery.js',
    from: 'this.#flush.drained([...this.#cursors(connection)]);',
    to: '',
    found: /never the rest|never at/,
  },
  {
    name: 'a position ahead of the log is trusted',
    file: 'log/locate.js',
    from: 'if (offset > head.top)',
    to: 'if (offset < 0)',
    found: /ahead|was placed at|was given a page/,
  },
  {
    name: 'a position of another epoch is trusted',
    file: 'log/locate.js',
    from: 'if (epoch !== head.epoch)',
    to: 'if (epoch === null)',
    found: /epoch_changed|was placed at|was given a page/,
  },
  {
    name: 'an unsubscribe is lost during a subscribe',
    file: 'session/subscriptions.js',
    from: 'return this.inOrder(channel, async () => {',
    to: 'return ((_, step) => step())(channel, async () => {',
    found: /while it was not subscribed|subscribed twice|not subscribed to/,
  },
  {
    name: 'a key is stored twice',
    file: 'broker/memory-broker.js',
    from: 'if (known !== null)',
    to: 'if (known === -1)',
    found: /twice/,
  },
  {
    name: 'a revoked subscription keeps its cursor',
    file: 'session/subscriptions.js',
    from: '!this.#parts.delivery.unsubscribe(this.#connection, channel)',
    to: '!this.#parts.delivery.reads(this.#connection, channel)',
    found: /while it was not subscribed|after its permission was taken back/,
  },
  {
    name: 'what was allowed before a revoke is not asked again',
    file: 'session/subscriptions.js',
    from: 'const settled = revision === this.#parts.revision && user === this.#who().user;',
    to: 'const settled = true;',
    found: /no rule has allowed it/,
  },
  {
    name: 'a new token does not ask the rules again',
    file: 'session/session.js',
    from: 'await this.#subscriptions.recheck();',
    to: '',
    found: /since before a new token came/,
  },
  {
    name: 'a repeated post is executed again',
    file: 'session/session.js',
    from: 'if (id !== null && id <= this.#lastId) {',
    to: 'if (id !== null && id <= this.#lastId && !repeatable) {',
    found: /answered twice/,
  },
  {
    name: 'a log trims what was not handed out yet',
    file: 'log/log.js',
    from: 'Math.min(this.#floor(nowMs), this.handedOut)',
    to: 'this.#floor(nowMs)',
    found: /was never slow|never the rest|a gap/,
  },
  {
    name: 'connections of different kinds share their bytes',
    file: 'delivery/connection.js',
    from: 'const key = this.#codec.key(this.readings);',
    to: "const key = '';",
    found: /./,
  },
  {
    name: 'a connection that is closed keeps its heartbeat',
    file: 'delivery/delivery.js',
    from: '?.stopHeartbeat();',
    to: ';',
    found: /timers or turns are left|written to after its end/,
  },
  {
    name: 'a hold is not given back when the peer goes meanwhile',
    file: 'http/plain-stream.js',
    from: 'if (exchange.closed)\n            return giveBack();',
    to: 'if (exchange.closed)\n            return;',
    found: /it follows/,
  },
];
