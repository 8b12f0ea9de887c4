import { BenchResults, rounded } from './bench-results.ts';

const marker = /<!-- measured -->[\s\S]*?<!-- end -->/g;

/** One line of the table: what is measured, and where it stands in the results. */
interface Line {
  readonly says: string;
  /** `scenario / load` */
  readonly of: string;
  readonly number: string;
}

interface Comparison {
  readonly unit: string;
  readonly columns: readonly (readonly [head: string, contestant: string])[];
  readonly lines: readonly Line[];
}

const webSockets: Comparison = {
  unit: 'over WebSocket',
  columns: [
    ['**@rt**', 'rt express'],
    ['ws', 'ws'],
    ['Socket.IO', 'socket.io'],
    ['uWebSockets.js', 'uWebSockets.js'],
    ['a bare `net` loop', 'net'],
  ],
  lines: [
    { says: '20 publications a second to 1000 clients, µs', of: 'websocket / 20 a second', number: 'cpuUs' },
    { says: 'as many as they take, µs', of: 'websocket / saturated', number: 'cpuUs' },
    { says: 'bursts of 20, µs', of: 'websocket / bursts of 20', number: 'cpuUs' },
    { says: '1000 clients in ten channels each, µs', of: 'many-channels / saturated', number: 'cpuUs' },
    { says: '1000 channels with a client each, µs', of: 'token-streams / each', number: 'cpuUs' },
    { says: '300 a second to 1000 on one core: p99, ms', of: 'overload / 300 a second', number: 'p99Ms' },
    { says: 'an idle connection, KiB', of: 'idle-websockets / idle', number: 'rssKiB' },
  ],
};

const streams: Comparison = {
  unit: 'over SSE',
  columns: [
    ['**@rt**', 'rt express sse'],
    ['better-sse', 'better-sse'],
    ['@fastify/sse', '@fastify/sse'],
    ['`res.write` in Express', 'express res.write'],
    ['a bare `net` loop', 'net sse'],
  ],
  lines: [
    { says: '20 publications a second to 1000 clients, µs', of: 'sse / 20 a second', number: 'cpuUs' },
    { says: 'as many as they take, µs', of: 'sse / saturated', number: 'cpuUs' },
    { says: 'bursts of 20, µs', of: 'sse / bursts of 20', number: 'cpuUs' },
    { says: 'an idle stream, KiB', of: 'idle-streams / idle', number: 'rssKiB' },
  ],
};

/** A page whose marked place says what a whole `pnpm bench` has measured. As it was, as long as there is none. */
export function withMeasured(page: string, root: string): string {
  return page.replace(marker, (before) => {
    const results = BenchResults.read(root);
    if (results === null) return before;
    const { command, commit } = results.machine;
    const how = `CPU of the server for each message that a client got, in µs, by \`${command}\` on ${results.day} (commit ${commit}, medians of ${results.rounds} rounds, ${results.where}). uWebSockets.js runs on Node 20, for which it has a build.`;
    const tables = [webSockets, streams].map((comparison) => table(comparison, results));
    return ['<!-- measured -->', ...tables, how, '<!-- end -->'].join('\n\n');
  });
}

function table({ unit, columns, lines }: Comparison, results: BenchResults): string {
  const rows = lines.map(({ says, of, number }) => [
    says,
    ...columns.map(([, contestant]) => shown(results.median(`${of} / ${contestant}`, number))),
  ]);
  const head = [unit, ...columns.map(([name]) => name)];
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function shown(value: number | null): string {
  return value === null ? '–' : rounded(value).toLocaleString('en');
}
