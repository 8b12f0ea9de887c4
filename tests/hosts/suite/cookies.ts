import { describe, expect, test } from 'vitest';
import type { HostRig } from './rig.ts';
import { json } from './rig.ts';

/** What a framework's session middleware does with every reply. */
export function cookieCases({ start, get, webSocket }: HostRig): void {
  describe('the session of the host', () => {
    // RT-HOST-1
    test('has its cookie on the 101, and on the heads of streams and pages', async () => {
      const { port } = await start();
      const headers = { 'x-session': '1' };
      const accepted = await (await webSocket(port, headers)).head;
      const stream = await get(port, 'channel=open:1', { headers: { accept: 'text/event-stream', ...headers } });
      const answer = await get(port, 'channel=open:1', { headers: { ...json, ...headers } });
      for (const { headers: sent } of [accepted, stream.head, answer.head]) {
        expect(sent.get('set-cookie')?.[0]).toMatch(/^[\w.:-]+=/);
      }
    });

    test('is known when the cookie comes back', async () => {
      const { port } = await start();
      const first = await (await webSocket(port, { 'x-session': '1' })).head;
      const cookie = (first.headers.get('set-cookie') ?? []).map((one) => one.split(';')[0]).join('; ');
      const again = await (await webSocket(port, { cookie })).head;
      expect(again.status).toBe(101);
    });
  });
}
