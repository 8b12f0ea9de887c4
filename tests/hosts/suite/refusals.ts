import { describe, expect, test } from 'vitest';
import type { HostRig } from './rig.ts';
import { json, sse } from './rig.ts';

/** What is refused, with which status and words. */
export function refusalCases({ start, get, publish }: HostRig): void {
  describe('refusal', () => {
    // RT-PERM-1, RT-PERM-6, RT-PLAIN-7
    test.each([
      ['no channel', 'GET', '', {}, 400, 'channel_missing', /\?channel=/],
      ['unknown channel', 'GET', 'channel=opn:1', {}, 404, 'channel_unknown', /no definition matches "opn:1"/],
      ['bad channel name', 'GET', 'channel=open:%0A', {}, 400, 'channel_invalid', /ASCII/],
      [
        'too many channels',
        'GET',
        Array.from({ length: 17 }, (_, n) => `channel=open:${n}`).join('&'),
        {},
        400,
        'channels_too_many',
        /16/,
      ],
      ['no rule', 'GET', 'channel=closed', {}, 403, 'subscribe_denied', /no subscribe rule/],
      ['denied', 'GET', 'channel=own:ada', { 'x-user': 'bob' }, 403, 'subscribe_denied', /did not allow/],
      ['denied to nobody', 'GET', 'channel=own:ada', {}, 403, 'subscribe_denied', /did not allow/],
      ['broken rule', 'GET', 'channel=broken:1', {}, 500, 'rule_failed', /log/],
      ['bad position', 'GET', 'channel=open:1&after=nonsense', {}, 400, 'position_invalid', /"nonsense"/],
      [
        'bad Last-Event-ID',
        'GET',
        'channel=open:1',
        { 'last-event-id': 'nonsense' },
        400,
        'position_invalid',
        /Last-Event-ID/,
      ],
      [
        'position of one for several',
        'GET',
        'channel=open:1&channel=open:2&after=a.1',
        {},
        400,
        'position_invalid',
        /several/,
      ],
      ['both after and last', 'GET', 'channel=open:1&after=start&last=3', {}, 400, 'parameter_invalid', /one of them/],
      ['bad last', 'GET', 'channel=open:1&last=0', {}, 400, 'parameter_invalid', /last .*from 1.*"0"/],
      ['PUT', 'PUT', 'channel=open:1', {}, 405, 'method_unsupported', /GET, HEAD, POST, OPTIONS, and PUT/],
      [
        'bad handshake',
        'GET',
        'channel=open:1',
        { connection: 'upgrade', upgrade: 'websocket' },
        426,
        'upgrade_unavailable',
        /Sec-WebSocket-Key/,
      ],
      [
        'Accept',
        'GET',
        'channel=open:1',
        { accept: 'text/html' },
        406,
        'accept_unsupported',
        /text\/event-stream.*"text\/html"/,
      ],
    ] as const)('%s', async (...[, method, query, headers, status, code, message]) => {
      const { port, open } = await start();
      const response = await get(port, query, { method, headers: { ...sse, ...headers } });
      const body = JSON.parse(await response.text()) as {
        error: { code: string; message: string; retryable: boolean };
      };
      expect([response.head.status, body.error.code]).toEqual([status, code]);
      expect(response.head.headers.get('content-type')).toEqual(['application/json; charset=utf-8']);
      expect(body.error.message).toMatch(message);
      expect(typeof body.error.retryable).toBe('boolean');
      expect(open()).toBe(0);
    });

    test.each([
      ['limit=0', /from 1 to 1000/],
      ['limit=abc', /"abc"/],
      ['limit=1001', /"1001"/],
      ['wait=61', /from 0 to 60/],
      ['wait=-1', /"-1"/],
      ['last=1.5', /"1.5"/],
    ])('of a page: %s', async (query, message) => {
      const { port } = await start();
      const response = await get(port, `channel=open:1&${query}`, { headers: json });
      const body = JSON.parse(await response.text()) as { error: { code: string; message: string } };
      expect([response.head.status, body.error.code]).toEqual([400, 'parameter_invalid']);
      expect(body.error.message).toMatch(message);
    });

    test('a page is of one channel', async () => {
      const { port } = await start();
      const response = await get(port, 'channel=open:1&channel=open:2', { headers: json });
      expect(response.head.status).toBe(400);
      expect(await response.text()).toContain('channels_too_many');
    });

    test('the user decides, for streams and pages', async () => {
      const { hub, port } = await start();
      const headers = { 'x-user': 'ada' };
      const stream = await get(port, 'channel=own:ada', { headers: { ...sse, ...headers } });
      await publish(hub, 'own:ada', 1);
      expect(await stream.events(1)).toMatchObject([{ data: '1' }]);
      expect((await get(port, 'channel=own:ada', { headers: { ...json, ...headers } })).head.status).toBe(200);
      expect((await get(port, 'channel=own:ada', { headers: json })).head.status).toBe(403);
    });
  });
}
