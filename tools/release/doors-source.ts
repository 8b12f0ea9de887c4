import { posix } from 'node:path';
import type { Tarball } from './tarballs.ts';

/** An app that enters packages by each of its doors, with `import` and with `require`. */
export function doorsSource(tarballs: readonly Tarball[]): string {
  const doors = tarballs.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((subpath) => subpath !== './package.json')
      .map((subpath) => posix.join(name, subpath)),
  );
  return `import { createRequire } from 'node:module';
${doors.map((door, at) => `import * as door${at} from '${door}';`).join('\n')}

const require = createRequire(import.meta.url);
const doors: Readonly<Record<string, object>> = {
${doors.map((door, at) => `  '${door}': door${at},`).join('\n')}
};
for (const [name, imported] of Object.entries(doors)) {
  const required: object = require(name);
  const missing = Object.keys(imported).filter((key) => key !== 'default' && !(key in required));
  if (missing.length > 0) throw new Error(\`require('\${name}') has no \${missing.join(', ')}\`);
}
console.log(\`smoke: \${Object.keys(doors).length} doors\`);
`;
}
