import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from '@rt/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { reactGround } from './ground.ts';

test('with React 18 the hooks do the same, in strict mode too', async () => {
  const { proxy, say, told } = await reactGround();
  await say(1);
  const script = fileURLToPath(new URL('react-18-page.ts', import.meta.url));
  const page = spawn(process.execPath, ['--no-warnings', script, `http://127.0.0.1:${proxy.port}/rt`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void page.kill());
  const lines = createInterface(page.stdout)[Symbol.asyncIterator]();
  const until = async (wanted: string): Promise<void> => {
    let shown = '';
    while (!shown.endsWith(wanted)) {
      const { value, done } = await within(`"${wanted}", after "${shown}"`, lines.next());
      if (done === true) throw new Error(`the page ended, and showed "${shown}"`);
      shown = value;
    }
    expect(shown).toMatch(/^18\./);
  };
  await until(' live 1 Ada 0');
  await say(2);
  await until(' live 1 2 3 Ada 0');
  page.stdin.end();
  const [code] = (await within('the end', once(page, 'exit'))) as [number];
  expect(code).toBe(0);
  expect(told[0]).toBe('subscribed room:1');
  expect(told.filter((each) => each.startsWith('subscribed'))).toHaveLength(1);
});
