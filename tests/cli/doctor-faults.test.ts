import { run } from '@rt/cli';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { serveHub } from './ground.ts';
import { haproxy } from './haproxy.ts';
import { nginx, wellDone, without } from './nginx.ts';

interface Finding {
  readonly type: string;
  readonly check: string;
  readonly result: string;
  readonly came: string;
  readonly remedies: Readonly<Record<string, readonly string[]>>;
}

/** What the doctor says of a port, and the number that it ends with. */
async function doctor(port: number, ...more: readonly string[]) {
  const lines: string[] = [];
  const screen = { colours: false, line: (text: string) => void lines.push(text) };
  const terminal = {
    out: screen,
    notes: screen,
    lines: () => (async function* none() {})(),
    signal: new AbortController().signal,
    variables: {},
  };
  const args = [`http://127.0.0.1:${port}/rt`, '--channel', 'room:1', '--patience', '1', '--json', ...more];
  const code = await run(['doctor', ...args], terminal);
  const findings = lines.map((line) => JSON.parse(line) as Finding);
  return { code, findings, wrong: findings.filter(({ result }) => result === 'fail') };
}

/** The heartbeat of these hubs: one comes within what the doctor looks at. */
const heartbeat = { everyMs: 400 };

describe.concurrent('behind an nginx', () => {
  // RT-CLI-4
  test('that is set up well nothing is wrong, and nothing is left out', async ({ onTestFinished }) => {
    const { hub, port } = await serveHub({ heartbeat }, onTestFinished);
    const position = await hub.channel('room:1').publish('said', 'one');
    const { code, findings, wrong } = await doctor(await nginx({ nodes: [port] }, onTestFinished));
    expect(wrong).toEqual([]);
    expect(code).toBe(0);
    const checks = findings.filter(({ type }) => type === 'check');
    expect(checks.map(({ result }) => result)).toEqual(Array.from({ length: 13 }, () => 'ok'));
    expect(await hub.channel('room:1').position()).toBe(position);
  });

  const heedless = ['proxy_ignore_headers X-Accel-Buffering;', 'proxy_buffering on;'];
  const zipping = ['gzip on;', 'gzip_proxied any;', 'gzip_types text/event-stream;'];

  // RT-CLI-5
  test.for([
    // Over HTTP/1.1 this nginx hands on what it has: over HTTP/1.0, which is its default, it gathers.
    [
      'that gathers',
      'stream',
      [...wellDone, 'error_page 418 = @gathering;', 'if ($http_upgrade = "") { return 418; }'],
    ],
    ['that keeps what it compresses', 'compression', [...wellDone, ...heedless, ...zipping]],
    ['that does not pass on Upgrade', 'websocket', without('Upgrade', 'Connection')],
    ['that does not pass on Connection', 'websocket', without('Connection')],
    ['that takes Last-Event-ID out', 'resume', [...wellDone, 'proxy_set_header Last-Event-ID "";']],
    [
      'that takes Origin out',
      'origin',
      [...wellDone, 'proxy_set_header Origin "";', 'proxy_set_header Sec-Fetch-Site "";'],
    ],
    ['that says another Host', 'origin', without('Host')],
    [
      'that stores answers',
      'cache',
      [...wellDone, 'proxy_cache rt;', 'proxy_cache_valid 200 10s;', 'proxy_ignore_headers Cache-Control Vary;'],
    ],
    ['that drops the query', 'query', [...wellDone, 'set $args "";']],
  ] as const)('%s this is found, and nothing else', async ([, check, location], { onTestFinished }) => {
    const { hub, port } = await serveHub({ heartbeat }, onTestFinished);
    await hub.channel('room:1').publish('said', 'one');
    const site = {
      nodes: [port],
      location,
      http: ['proxy_cache_path FOLDER/cache keys_zone=rt:1m;'],
      server: [
        `location @gathering { proxy_pass http://rt; ${[...without('http_version', 'Upgrade', 'Connection'), ...heedless].join(' ')} }`,
      ],
    };
    const { code, wrong } = await doctor(await nginx(site, onTestFinished));
    expect(wrong.map((finding) => finding.check)).toEqual([check]);
    expect(wrong[0]?.remedies['nginx']).toBeDefined();
    expect(code).toBe(1);
  });

  // RT-CLI-4
  test('that compresses, and hands on what it has, this is a note', async ({ onTestFinished }) => {
    const { port } = await serveHub({ heartbeat }, onTestFinished);
    const { code, findings } = await doctor(
      await nginx({ nodes: [port], location: [...wellDone, ...zipping] }, onTestFinished),
    );
    expect(findings.filter(({ result }) => result === 'note').map(({ check }) => check)).toEqual(['compression']);
    expect(code).toBe(0);
  });

  // RT-CLI-5
  test('that cuts what is quiet for a second this is found, and nothing else', async ({ onTestFinished }) => {
    const { port } = await serveHub({ heartbeat: { everyMs: 3000 } }, onTestFinished);
    const location = [...without('proxy_read_timeout'), 'proxy_read_timeout 1s;'];
    const { code, wrong } = await doctor(await nginx({ nodes: [port], location }, onTestFinished), '--patience', '4');
    expect(wrong.map(({ check }) => check)).toEqual(['idle']);
    expect(wrong[0]?.came).toMatch(
      /^a stream was cut after 1(\.\d)? s, a WebSocket was cut .*, a poll was answered with 504 .*; the heartbeat comes every 3 s$/,
    );
    expect(code).toBe(1);
  });

  // RT-CLI-5
  test('before two nodes with logs of their own this is found, and nothing else', async ({ onTestFinished }) => {
    const one = await serveHub({ heartbeat }, onTestFinished);
    const two = await serveHub({ heartbeat }, onTestFinished);
    const { code, wrong } = await doctor(await nginx({ nodes: [one.port, two.port] }, onTestFinished));
    expect(wrong.map(({ check }) => check)).toEqual(['nodes']);
    expect(wrong[0]?.came).toContain('2 logs');
    expect(code).toBe(1);
  });
});

// RT-CLI-4
test('of two nodes that share a log, behind HAProxy, nothing is wrong', async ({ onTestFinished }) => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port);
  onTestFinished(() => redis.disconnect());
  const node = () => serveHub({ heartbeat, broker: redisBroker({ redis }) }, onTestFinished);
  const [one, two] = [await node(), await node()];
  for (const { hub } of [one, two]) await eventually('a node is ready', () => hub.health().ready);
  const { code, findings, wrong } = await doctor(await haproxy([one.port, two.port], onTestFinished));
  expect(wrong).toEqual([]);
  expect(findings.find(({ check }) => check === 'nodes')?.came).toBe(
    '8 of 8 requests over new connections were taken, and one log',
  );
  expect(code).toBe(0);
});

// RT-CLI-5
test('a hub that takes pages of any site is found to, and nothing else', async () => {
  const { port } = await serveHub({ heartbeat, auth: { origins: 'any' } });
  const { code, wrong } = await doctor(port);
  expect(wrong.map(({ check, came }) => [check, came])).toEqual([
    ['origin', 'a page of another site may open a POST and a WebSocket with its visitor’s cookies'],
  ]);
  expect(code).toBe(1);
});
