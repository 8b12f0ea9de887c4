import { tcpProxy } from '@rt/testkit';
import type { NodeProcess } from './node-process.ts';
import type { Stage } from './stage.ts';
import { pause, pick } from './stage.ts';

/** The road of one client: to one node after the other, and through all that happens to networks. */
export interface Road {
  readonly port: number;
  /** The node that it leads to. */
  where(): string;
  /** Lets something happen to it. Resolves when it leads somewhere again. */
  suffer(): Promise<void>;
  /** Nothing comes through any more, for good. */
  break(): void;
  close(): Promise<void>;
}

export async function openRoad({ random, nodes, over, did }: Stage): Promise<Road> {
  let node: NodeProcess = pick(random, nodes);
  const proxy = await tcpProxy(() => {
    // Whoever finds a node away goes to another one, as a balancer would send them.
    if (!node.runs) node = pick(random, nodes);
    return node.options.port;
  });
  let broken = false;
  const mend = (): void => {
    if (!broken) proxy.mend();
  };
  return {
    port: proxy.port,
    where: () => node.options.name,
    async suffer() {
      const kind = random();
      if (random() < 0.5) node = pick(random, nodes);
      if (kind < 0.3) {
        did.count('connections stalled, and cut later');
        proxy.stall();
        await pause(500 + random() * 8000, over);
        proxy.cut({ reset: random() < 0.5 });
      } else if (kind < 0.65) {
        did.count('connections reset');
        proxy.cut({ reset: true });
      } else {
        did.count('connections closed on their way');
        proxy.cut();
      }
      if (random() < 0.5) await pause(random() * 2000, over);
      mend();
    },
    break() {
      broken = true;
      proxy.cut();
    },
    close: () => proxy.close(),
  };
}
