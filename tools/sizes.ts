// How many bytes a page loads, gzipped: `node tools/sizes.ts` after a build. What is loaded lazily counts apart.
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import type { OutputChunk } from 'rolldown';
import { rolldown } from 'rolldown';

interface Row {
  readonly name: string;
  readonly entry: string;
  /** The most bytes that are loaded with the entry. */
  readonly maxBytes: number;
  /** The most bytes with everything that may be loaded later. */
  readonly maxBytesInAll: number;
  readonly external?: readonly string[];
}

const rows: readonly Row[] = [
  { name: 'protocol', entry: 'packages/protocol/dist/index.js', maxBytes: 6_100, maxBytesInAll: 6_100 },
  {
    name: 'client, over WebSocket alone',
    entry: 'packages/client/dist/websocket.js',
    maxBytes: 8_750,
    maxBytesInAll: 15_200,
  },
  {
    name: 'client, over all transports',
    entry: 'packages/client/dist/index.js',
    maxBytes: 12_050,
    maxBytesInAll: 18_450,
  },
  {
    name: 'react hooks, on top of the client',
    entry: 'packages/react/dist/index.js',
    maxBytes: 1_900,
    maxBytesInAll: 1_900,
    external: ['react', '@rt/client'],
  },
];

let tooLarge = 0;
for (const { name, entry, maxBytes, maxBytesInAll, external = [] } of rows) {
  const chunks = await bundled(entry, external);
  const bytes = sizeOf(chunks, false);
  const bytesInAll = sizeOf(chunks, true);
  const fits = bytes <= maxBytes && bytesInAll <= maxBytesInAll;
  if (!fits) tooLarge += 1;
  console.log(
    `${fits ? ' ' : 'x'} ${name.padEnd(34)} ${kB(bytes)} of ${kB(maxBytes)}, with all that is loaded later ${kB(bytesInAll)} of ${kB(maxBytesInAll)}`,
  );
}
process.exitCode = tooLarge > 0 ? 1 : 0;

async function bundled(entry: string, external: readonly string[]): Promise<readonly OutputChunk[]> {
  const input = fileURLToPath(new URL(`../${entry}`, import.meta.url));
  const bundle = await rolldown({ input, platform: 'browser', external: [...external] });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  return output.filter((chunk) => chunk.type === 'chunk');
}

/** The entry with what it imports, and with what it may import later if that counts too. */
function sizeOf(chunks: readonly OutputChunk[], lazily: boolean): number {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set<OutputChunk>();
  const load = (chunk: OutputChunk | undefined): void => {
    if (chunk === undefined || loaded.has(chunk)) return;
    loaded.add(chunk);
    for (const name of [...chunk.imports, ...(lazily ? chunk.dynamicImports : [])]) load(byName.get(name));
  };
  load(chunks.find(({ isEntry }) => isEntry));
  return [...loaded].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(2)} kB`;
}
