import { connect as connectTls } from 'node:tls';
import type { Check, Verdict } from './check.ts';
import { ProbeError } from './probe.ts';
import { promptMs } from './prompt.ts';

const dayMs = 86_400_000;
const soonDays = 14;

interface Offer {
  readonly protocol: string | null;
  readonly http: string | false | null;
  readonly daysLeft: number;
}

/** What browsers speak with the deployment. */
export const tls: Check = {
  name: 'tls',
  expects: 'TLS, with HTTP/2 for browsers',
  needs: [],
  async run({ probe }): Promise<Verdict> {
    const url = new URL(probe.target.url);
    if (url.protocol === 'http:') {
      const here = /^(?:localhost|127\..*|\[::1\])$/.test(url.hostname);
      if (here) return { type: 'ok', came: 'HTTP/1.1 without TLS, on this machine' };
      const advice = 'serve it over https: with TLS nothing on the way meddles with streams, and browsers speak HTTP/2';
      return { type: 'note', came: 'HTTP/1.1 without TLS', advice };
    }
    const { protocol, http, daysLeft } = await offerOf(url);
    const came = `${protocol ?? 'TLS'}, ${http === 'h2' ? 'HTTP/2' : 'HTTP/1.1'}, certificate for ${daysLeft} days`;
    if (daysLeft <= soonDays) return { type: 'note', came, advice: 'renew the certificate' };
    if (http === 'h2') return { type: 'ok', came };
    const advice =
      'offer HTTP/2: over HTTP/1.1 a browser has six connections for all its tabs, and each stream takes one';
    return { type: 'note', came, advice };
  },
};

/** The certificate has been checked by the requests before. */
async function offerOf({ hostname, port }: URL): Promise<Offer> {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  const socket = connectTls({
    host,
    port: Number(port === '' ? '443' : port),
    ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.setTimeout(promptMs, () => reject(new ProbeError(`no TLS handshake in ${promptMs / 1000} s`)));
    });
    const daysLeft = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / dayMs);
    return { protocol: socket.getProtocol(), http: socket.alpnProtocol, daysLeft };
  } finally {
    socket.destroy();
  }
}
