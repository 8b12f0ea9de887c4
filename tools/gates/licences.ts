import { readManifest } from './manifest.ts';
import { lineAt } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

/** Licences that ask no more of users than to leave a notice where it is, which npm does: nothing of others is bundled. */
const allowed = new Set(['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0']);

/** Every published package has the licence of the repository, and whatever is installed with it one that allows it. */
export function checkLicences(sources: readonly SourceFile[]): readonly Violation[] {
  return [...ownFaults(sources), ...sources.flatMap(installedFaults)];
}

function ownFaults(sources: readonly SourceFile[]): readonly Violation[] {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  return sources
    .map(({ path }) => /^(packages\/[^/]+)\/package\.json$/.exec(path)?.[1])
    .filter((folder) => folder !== undefined && texts.get(`${folder}/LICENSE`) !== texts.get('LICENSE'))
    .map((folder) => ({
      file: `${folder}/package.json`,
      line: 1,
      rule: 'licences',
      message: `${folder}/LICENSE is not that of the repository: copy it`,
    }));
}

function installedFaults(source: SourceFile): readonly Violation[] {
  if (!source.path.startsWith('node_modules/')) return [];
  const manifest = readManifest(source);
  const licence: unknown = manifest?.license;
  if (typeof licence === 'string' && isAllowed(licence)) return [];
  return [
    {
      file: source.path,
      line: lineAt(source.text, Math.max(0, source.text.indexOf('"license"'))),
      rule: 'licences',
      message: `its licence is ${JSON.stringify(licence) ?? 'not said'}, allowed are ${[...allowed].join(', ')}: do without it`,
    },
  ];
}

/** One of several that may be chosen, or all of several that hold together. */
function isAllowed(licence: string): boolean {
  return licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed.has(one.trim())));
}
