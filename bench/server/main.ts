// One server that is measured, in a process of its own. The harness tells it what to publish, and asks what it has used.
import type { Collect, FromServer, Sample, Setup, ToServer } from '../harness/traffic.ts';
import { nowUs } from '../harness/traffic.ts';
import { Publishing } from './publishing.ts';
import { cpuProfile } from './cpu-profile.ts';
import type { Stage } from './stage.ts';

interface ContestantModule {
  open(setup: Setup): Promise<Stage>;
}

const { file, setup } = JSON.parse(process.argv[2] ?? '{}') as { readonly file: string; readonly setup: Setup };
const tell = (message: FromServer): void => void process.send?.(message);
// Where types have been stripped, for an older Node, files are called otherwise.
const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const module = (await import(new URL(`../contestants/${file}${ending}`, import.meta.url).href)) as ContestantModule;
const stage = await module.open(setup);
const publishing = new Publishing(stage, setup.payloadBytes);

let peakRssBytes = 0;
const gc = globalThis.gc as ((how?: object) => void) | undefined;
const collect = async (what: Collect): Promise<void> => {
  if (what === 'nothing') return;
  // What is unreachable may be seen to be so in a second pass only.
  for (let n = 0; n < 3; n += 1) {
    gc?.({ type: 'major', execution: 'sync', flavor: what === 'pages' ? 'last-resort' : 'regular' });
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
};

function sample(): Sample {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  peakRssBytes = Math.max(peakRssBytes, rss);
  const reads = stage.reads?.() ?? 0;
  return {
    userUs: user,
    systemUs: system,
    rssBytes: rss,
    usedBytes: heapUsed + external,
    peakRssBytes,
    reads,
    atUs: nowUs(),
  };
}

async function publish({ traffic, seconds }: ToServer & { readonly type: 'publish' }): Promise<void> {
  peakRssBytes = 0;
  const watch = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  }, 250);
  const startUs = nowUs();
  const counts = await publishing.run(traffic, seconds);
  clearInterval(watch);
  tell({ type: 'published', counts, elapsedUs: nowUs() - startUs });
}

async function obey(message: ToServer): Promise<void> {
  if (message.type === 'publish') return publish(message);
  if (message.type === 'profile') return tell({ type: 'profile', path: await cpuProfile() });
  await collect(message.collect);
  tell({ type: 'sample', sample: sample() });
}

process.on('message', (message: ToServer) => void obey(message));
process.once('disconnect', () => process.exit());
tell({ type: 'listens', port: stage.port });
