import { posix } from 'node:path';
import type { Tarball } from './tarballs.ts';

/** What must not be published as it is: one sentence each. */
export function tarballFaults({ files, manifest }: Pick<Tarball, 'files' | 'manifest'>): readonly string[] {
  return [
    ...['README.md', 'LICENSE'].filter((path) => !files.has(path)).map((path) => `${path} is missing`),
    ...[...files.keys()].filter((path) => !isPublished(path)).map((path) => `${path} is nothing for users`),
    ...unresolvedFaults(manifest),
    ...targetFaults({ files, manifest }),
    ...[...files].flatMap(([path, text]) => mapFaults(path, text, files)),
  ];
}

function isPublished(path: string): boolean {
  if (/\.(?:test|spec)\.|\.tsbuildinfo$|(?:^|\/)tests?\//.test(path)) return false;
  return /^(?:dist|src)\/|^(?:README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(path);
}

/** The words of a workspace mean nothing outside of it. */
function unresolvedFaults(manifest: Tarball['manifest']): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
  return Object.entries({ ...devDependencies, ...optionalDependencies, ...peerDependencies, ...dependencies })
    .filter(([, range]) => /^(?:workspace|catalog|file|link):/.test(range))
    .map(([name, range]) => `package.json wants ${name} at ${range}`);
}

function targetFaults({ files, manifest }: Pick<Tarball, 'files' | 'manifest'>): readonly string[] {
  const doors = Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) =>
    (typeof target === 'string' ? [target] : Object.values(target)).map((path) => [`exports "${subpath}"`, path]),
  );
  const commands = Object.entries(manifest.bin ?? {}).map(([name, path]) => [`bin "${name}"`, path]);
  return [...doors, ...commands].flatMap(([what = '', path = '']) => {
    const text = files.get(posix.normalize(path));
    if (text === undefined) return [`${what} leads to ${path}, which is missing`];
    return what.startsWith('bin') && !text.startsWith('#!') ? [`${what} leads to ${path}, which has no #! line`] : [];
  });
}

/** A map has to be where its file says, and its sources where it says. */
function mapFaults(path: string, text: string, files: ReadonlyMap<string, string>): readonly string[] {
  const inFolder = (file: string): string => posix.join(posix.dirname(path), file);
  if (!path.startsWith('dist/')) return [];
  if (!path.endsWith('.map')) {
    const map = /^\/\/# sourceMappingURL=(\S+)$/m.exec(text)?.[1];
    return map === undefined || files.has(inFolder(map)) ? [] : [`${path} has a map ${map}, which is missing`];
  }
  const { sources, sourceRoot = '' } = JSON.parse(text) as { readonly sources: readonly string[]; sourceRoot?: string };
  return sources
    .map((source) => inFolder(posix.join(sourceRoot, source)))
    .filter((source) => !files.has(source))
    .map((source) => `${path} maps ${source}, which is missing: build it anew`);
}
