import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from '../support/listen.ts';
import { rt, serveHub } from './ground.ts';

// RT-CLI-3
test('its lines are of these forms, and end with the counts', async () => {
  const { url } = await serveHub({ auth: { origins: 'any' } });
  const skip = ['--skip', 'idle', '--skip', 'nodes'];
  const { code, out } = await rt(['doctor', url, '--json', ...skip]);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const of = (check: string) => lines.find((line) => line['check'] === check);
  const ms = expect.any(Number) as number;
  const text = expect.any(String) as string;
  expect(of('query')).toEqual({ type: 'check', check: 'query', result: 'ok', expected: text, came: 'it arrives', ms });
  expect(of('resume')).toEqual({
    type: 'check',
    check: 'resume',
    result: 'skip',
    expected: text,
    why: 'needs --channel',
    ms,
  });
  expect(of('origin')).toEqual({
    type: 'check',
    check: 'origin',
    result: 'fail',
    expected: 'pages of another site are refused, those of its own are not',
    came: 'a page of another site may open a POST and a WebSocket with its visitor’s cookies',
    advice: text,
    remedies: {
      app: expect.any(Array) as string[],
      nginx: expect.any(Array) as string[],
      haproxy: expect.any(Array) as string[],
    },
    ms,
  });
  expect(lines.at(-1)).toEqual({ type: 'summary', ok: 9, note: 0, fail: 1, skip: 3, ms });
  expect(code).toBe(1);
});

// RT-CLI-3
test('to be read it is aligned, and what is wrong has what came and what to do', async () => {
  const { url } = await serveHub({ auth: { origins: 'any' } });
  const { out } = await rt(['doctor', url, '--skip', 'idle']);
  const lines = out.split('\n');
  expect(lines[0]).toBe(`rt doctor ${url}`);
  expect(lines[5]).toMatch(/^ {2}ok {4}stream {7}the first event came after \d+ ms$/);
  expect(lines.slice(8, 14)).toEqual([
    '  FAIL  origin       pages of another site are refused, those of its own are not',
    '                     came      a page of another site may open a POST and a WebSocket with its visitor’s cookies',
    expect.stringMatching(/^ {21}to do {5}allow only sites that you know/),
    "                     app       auth: { origins: 'same' }  // or a list of the sites that may",
    '                     nginx     no proxy_set_header Origin or Sec-Fetch-Site',
    '                     HAProxy   no http-request del-header or set-header of Origin or Sec-Fetch-Site',
  ]);
  expect(lines.at(-2)).toMatch(/^10 good, 1 wrong, 2 left out, in \d+\.\d s$/);
});

// RT-CLI-4
test('with a token it looks at what the token allows', async () => {
  const { url } = await serveHub({ auth: { tokens: (token) => ({ user: { id: token } }) } });
  const args = ['doctor', url, '--channel', 'own:ada', '--skip', 'idle', '--json'];
  const { code, out } = await rt(args, { RT_TOKEN: 'ada' });
  expect(out).toMatch(/"check":"resume","result":"ok".*plain streams are refused \(subscribe_denied\)/);
  expect(code).toBe(0);
  expect((await rt(args)).out).toMatch(/"check":"resume","result":"skip".*subscribe_denied/);
});

// RT-CLI-4
test('a short look says that it was too short', async () => {
  const { url } = await serveHub();
  const { code, out } = await rt(['doctor', url, '--patience', '1', '--json']);
  expect(out).toContain('"check":"idle","result":"note"');
  expect(out).toContain('look for longer: --patience 16');
  expect(code).toBe(0);
});

// RT-CLI-2
test('it ends with 3 where no hub is, and says who answers instead', async () => {
  const server = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'text/html', server: 'shop/1' });
    response.end('<h1>Not\u001B[2J here</h1>');
  });
  const { port, close } = await listening(server);
  onTestFinished(close);
  const { code, out } = await rt(['doctor', `localhost:${port}/rt`]);
  expect(out).toContain(String.raw`came      404 text/html from shop/1: Not\u001b[2J here`);
  expect(out).toContain('is this the path at which the hub is mounted');
  expect(code).toBe(3);
});

// RT-CLI-2
test('it ends with 3 where nobody listens', async () => {
  const { url, stop } = await serveHub();
  await stop();
  const { code, out } = await rt(['doctor', url, '--json']);
  expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ check: 'reach', result: 'fail' });
  expect(out).toContain('ECONNREFUSED');
  expect(code).toBe(3);
});
