import type { Check, Ground, Verdict } from './check.ts';
import { EventStream } from './event-stream.ts';
import { ProbeError } from './probe.ts';
import { promptMs } from './prompt.ts';
import type { RemedyName } from './remedies.ts';

interface Flow {
  /** How long the first event took; `null` if it did not come. */
  readonly firstMs: number | null;
  readonly encoding: string | null;
  /** Whether whoever stands on the way is told not to change it. */
  readonly untouched: boolean;
  readonly fault: string | null;
}

/** Events come as they are sent. */
export const stream: Check = {
  name: 'stream',
  expects: 'events of a stream come at once',
  needs: [],
  async run(ground): Promise<Verdict> {
    const { firstMs, fault } = await flow(ground, 'identity');
    if (firstMs !== null) return { type: 'ok', came: `the first event came after ${firstMs} ms` };
    return heldBack(fault, 'buffering', 'something on the way gathers what it is given: turn its buffering off here');
  },
};

/** Events come as they are sent also where something compresses them. */
export const compression: Check = {
  name: 'compression',
  expects: 'events come at once also if compression is offered',
  needs: ['stream'],
  async run(ground): Promise<Verdict> {
    const { firstMs, encoding, untouched, fault } = await flow(ground, 'gzip, br, deflate');
    if (firstMs === null) {
      const advice =
        'something on the way compresses the stream and keeps it until it has enough: exempt text/event-stream';
      return heldBack(fault, 'compression', advice);
    }
    if (encoding !== null) {
      const advice = 'nothing is held back, but no-transform is not heeded: exempt text/event-stream, to be sure';
      return { type: 'note', came: `${encoding}, and the first event after ${firstMs} ms`, advice };
    }
    if (untouched) return { type: 'ok', came: `not compressed; the first event came after ${firstMs} ms` };
    const advice = 'let Cache-Control of the stream through: it keeps proxies further on from changing it';
    return { type: 'note', came: 'not compressed, but no-transform was taken out', advice };
  },
};

async function flow({ probe }: Ground, accepted: string): Promise<Flow> {
  const startedMs = performance.now();
  const nothing = { firstMs: null, encoding: null, untouched: true };
  let opened: EventStream;
  try {
    opened = await EventStream.session(probe, probe.connect(), { 'accept-encoding': accepted });
  } catch (cause) {
    if (cause instanceof ProbeError) return { ...nothing, fault: cause.message };
    throw cause;
  }
  const connected = await opened.frame('connected');
  opened.close();
  const { headers } = opened;
  return {
    firstMs: connected === null ? null : Math.ceil(performance.now() - startedMs),
    encoding: headers['content-encoding'] ?? null,
    untouched: headers['cache-control']?.includes('no-transform') === true,
    fault: connected !== null ? null : opened.ended ? 'the stream ended without an event' : null,
  };
}

function heldBack(fault: string | null, remedy: RemedyName, advice: string): Verdict {
  const late = fault === null || fault.startsWith('no answer');
  if (!late) return { type: 'fail', came: fault, advice: 'let a POST that accepts text/event-stream through' };
  return { type: 'fail', came: `no event in ${promptMs / 1000} s`, advice, remedy };
}
