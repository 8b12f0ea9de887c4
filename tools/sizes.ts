// How many bytes a page loads, gzipped, as a bundler makes an app of it: `node tools/sizes.ts` after a build.
// What is loaded with its first use counts apart.
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import type { OutputChunk } from 'rolldown';
import { rolldown } from 'rolldown';

interface Row {
  readonly name: string;
  readonly entry: string;
  /** What the app uses of it; everything without. */
  readonly uses?: string;
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
    uses: 'createClient',
    maxBytes: 8_200,
    maxBytesInAll: 14_650,
  },
  {
    name: 'client, over all transports',
    entry: 'packages/client/dist/index.js',
    uses: 'createClient',
    maxBytes: 11_150,
    maxBytesInAll: 17_600,
  },
  {
    name: 'react hooks, on top of the client',
    entry: 'packages/react/dist/index.js',
    uses: 'createHooks',
    maxBytes: 1_900,
    maxBytesInAll: 1_900,
    external: ['react', '@rt/client'],
  },
];

let tooLarge = 0;
for (const row of rows) {
  const { name, maxBytes, maxBytesInAll } = row;
  const chunks = await bundled(row);
  const bytes = sizeOf(chunks, false);
  const bytesInAll = sizeOf(chunks, true);
  const fits = bytes <= maxBytes && bytesInAll <= maxBytesInAll;
  if (!fits) tooLarge += 1;
  console.log(
    `${fits ? ' ' : 'x'} ${name.padEnd(34)} ${kB(bytes)} of ${kB(maxBytes)}, with all that is loaded later ${kB(bytesInAll)} of ${kB(maxBytesInAll)}`,
  );
}
process.exitCode = tooLarge > 0 ? 1 : 0;

/** The chunks of an app that does nothing but use it. */
async function bundled({ entry, uses, external = [] }: Row): Promise<readonly OutputChunk[]> {
  const path = JSON.stringify(fileURLToPath(new URL(`../${entry}`, import.meta.url)));
  const app = uses === undefined ? `export * from ${path}` : `import { ${uses} } from ${path}; ${uses}('/rt');`;
  const bundle = await rolldown({
    input: 'app',
    platform: 'browser',
    external: [...external],
    preserveEntrySignatures: uses === undefined && 'strict',
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === 'app' ? '\0app' : null),
        load: (id) => (id === '\0app' ? app : null),
      },
    ],
  });
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
