import { describe } from 'vitest';
import { ground } from './ground.ts';
import { pagingCases } from './paging.ts';
import { longPollCases } from './polling.ts';
import { postingCases } from './posting.ts';
import { refusingCases } from './refusing.ts';
import type { CreateRunner } from './runner.ts';
import { streamingCases } from './streaming.ts';
import { webSocketCases } from './websocket.ts';

/** Everything that a transport of the client does about a server, whatever that does. */
export function clientTransportSuite(runtime: string, createRunner: CreateRunner): void {
  describe(`the client's transports in ${runtime}`, () => {
    const rig = ground(createRunner);
    refusingCases(rig);
    streamingCases(rig);
    postingCases(rig);
    webSocketCases(rig);
    longPollCases(rig);
    pagingCases(rig);
  });
}
