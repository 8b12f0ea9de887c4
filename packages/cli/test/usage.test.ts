import { expect, test } from 'vitest';
import { run } from '../src/run.ts';

async function said(...args: readonly string[]) {
  const lines = { out: '', notes: '' };
  const screen = (name: 'out' | 'notes') => ({
    colours: false,
    line: (text: string) => void (lines[name] += `${text}\n`),
  });
  const code = await run(args, {
    out: screen('out'),
    notes: screen('notes'),
    lines: () => (async function* none() {})(),
    signal: new AbortController().signal,
    variables: {},
  });
  return { code, ...lines };
}

const url = 'localhost:1/rt';

// RT-CLI-2
test.each([
  [['tali'], 'there is no command "tali"'],
  [['help', 'tali'], 'there is no command "tali"'],
  [['tail'], '<url> is missing'],
  [['tail', url], '<channel> is missing'],
  [['tail', url, 'a', '--form', 'start'], "Unknown option '--form'"],
  [['tail', url, 'a', '--from', 'yesterday'], '--from is now, start, last=10 or a position'],
  [['tail', url, 'a', '--from', 'last=0'], '--from is now'],
  [['tail', url, 'a', '--count', '1.5'], '--count is a whole number from 1'],
  [['tail', url, 'a', '--transport', 'pigeon'], '--transport is one of auto, websocket'],
  [['tail', url, 'a', '--timeout', 'soon'], '--timeout is a number from 0.1'],
  [['tail', url, 'a', '--header', 'cookie'], '--header is a name and a value'],
  [['tail', url, 'a', '--header', 'a: b\r\nc: d'], '--header is a name and a value'],
  [['tail', 'ftp://localhost/rt', 'a'], '<url> is where the hub is mounted'],
  [['tail', 'localhost:1/rt?channel=a', 'a'], '<url> has no query'],
  [['tail', 'http://ada:secret@localhost:1/rt', 'a'], '<url> has no user in it'],
  [['publish', url, 'a'], '<event> is missing'],
  [['publish', url, 'a', 'said', 'hi'], '<json> is JSON'],
  [['publish', url, 'a', 'said', '1', '2'], 'nothing is known to do with "2"'],
  [['publish', url, 'a', 'said', '-', '--key', 'k'], '--key and --if-position are for one publication'],
  [['presence', url], '<channel> is missing'],
  [['presence', url, 'a', 'b'], 'nothing is known to do with "b"'],
  [['history', url, 'a', '--from', 'now'], '--from now has nothing behind it'],
  [['history', url, 'a', '--limit', '0'], '--limit is a whole number from 1'],
  [['doctor'], '<url> is missing'],
  [['doctor', url, '--skip', 'luck'], '--skip is one of reach, tls'],
  [['doctor', url, '--channel', 'a b'], "--channel is a channel's name"],
  [['doctor', url, '--origin', 'app'], '--origin is a site'],
])('%j is refused with 2, and it is said what is wrong', async (args, message) => {
  const { code, out, notes } = await said(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(notes).toContain(message);
});

// RT-CLI-2
test.each([[[]], [['help']], [['--help']], [['-h']]])('%j tells all commands, and ends with 0', async (args) => {
  const { code, out } = await said(...args);
  expect(code).toBe(0);
  expect(out).toContain('rt tail <url> <channel...>');
  expect(out).toContain('rt doctor <url>');
});

// RT-CLI-2
test.each(['tail', 'publish', 'presence', 'history', 'doctor'])('help tells all about %s', async (command) => {
  const { code, out } = await said('help', command);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^rt ${command} <url>`));
  expect(out).toContain('--token <token>');
  expect(out).toContain('no hub was reached');
  expect(await said(command, '--help')).toEqual({ code, out, notes: '' });
  for (const line of out.split('\n')) expect(line.length).toBeLessThan(130);
});

// RT-CLI-2
test('the version is that of the package', async () => {
  expect(await said('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) as string });
});
