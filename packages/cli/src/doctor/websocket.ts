import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { subprotocol } from '@rt/protocol';
import { openClient } from '../hub-client.ts';
import type { Check, Ground, Verdict } from './check.ts';
import type { Probe } from './probe.ts';
import { codeIn, described, ProbeError } from './probe.ts';
import { promptMs } from './prompt.ts';

/** What a request for a WebSocket is answered with. */
export interface Handshake {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body of a refusal. */
  readonly text: string;
}

/** A WebSocket opens, and frames go through it. */
export const websocket: Check = {
  name: 'websocket',
  expects: 'a WebSocket opens, and frames go through it',
  needs: [],
  async run(ground): Promise<Verdict> {
    const answer = await handshake(ground.probe);
    if (answer.status === 101) return accepted(ground, answer);
    const code = codeIn(answer.text);
    const remedy = 'upgrade' as const;
    // Without the header it is an ordinary request, which wants a channel.
    if (code === 'channel_missing') {
      const advice = 'clients go on over SSE; let the proxy pass on Upgrade and Connection';
      return { type: 'fail', came: 'the request comes to the hub without its Upgrade header', advice, remedy };
    }
    if (code === 'upgrade_unavailable') {
      const advice = 'call attach(server) in the app; if it does, the proxy passes on Upgrade without Connection';
      return { type: 'fail', came: described({ ...answer, code }), advice, remedy };
    }
    const advice = 'clients go on over SSE; let the proxy and the app pass upgrades on';
    return { type: 'fail', came: described({ ...answer, code }), advice, remedy };
  },
};

/** Some know the handshake, and cut what follows. */
async function accepted({ probe }: Ground, { headers }: Handshake): Promise<Verdict> {
  if (headers['sec-websocket-protocol'] !== subprotocol) {
    const advice = 'let the proxy pass on Sec-WebSocket-Protocol, both ways: browsers close without it';
    return { type: 'fail', came: `it opens without the subprotocol ${subprotocol}`, advice, remedy: 'upgrade' };
  }
  const startedMs = performance.now();
  const { client, within } = openClient(probe.target, 'websocket');
  const open = Promise.withResolvers<void>();
  client.subscribe(() => {
    if (client.status.state === 'open') open.resolve();
  });
  try {
    client.connect();
    await within(open.promise, { ms: promptMs });
    return { type: 'ok', came: `open after ${Math.ceil(performance.now() - startedMs)} ms` };
  } catch {
    const advice = 'the handshake comes through and frames do not: let the proxy treat it as a tunnel from then on';
    return { type: 'fail', came: `it opens, and no frame comes in ${promptMs / 1000} s`, advice, remedy: 'upgrade' };
  } finally {
    client.close();
  }
}

/** Asks for a WebSocket, and drops it. @throws ProbeError */
export async function handshake(probe: Probe, headers: Readonly<Record<string, string>> = {}): Promise<Handshake> {
  const signal = AbortSignal.timeout(promptMs);
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': subprotocol,
  };
  const request = probe.request({ headers: { ...upgrade, ...headers } }, signal);
  return new Promise((resolve, reject) => {
    request.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: response.headers, text: '' });
    });
    request.once('response', (response) => {
      const { statusCode: status = 0 } = response;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
      response.once('close', () => resolve({ status, headers: response.headers, text }));
    });
    request.once('error', (cause) => {
      const why = signal.aborted ? `no answer in ${promptMs / 1000} s` : cause.message;
      reject(new ProbeError(why, { cause }));
    });
    request.end();
  });
}
