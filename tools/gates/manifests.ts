import { allowedDependencies } from './level-table.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { lineAt } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

/** Where the sources are. npm shows it, resolves the links of a README by it, and compares it with the provenance. */
const source = 'https://github.com/rt/rt';

/** One broken expectation, and the key in whose line it is shown. */
interface Fault {
  readonly key: string;
  readonly message: string;
}

/** Every published package.json promises the same things. */
export function checkManifests(sources: readonly SourceFile[]): readonly Violation[] {
  return sources.flatMap((source) => {
    const name = /^packages\/([^/]+)\/package\.json$/.exec(source.path)?.[1];
    if (!name) return [];
    return faultsOf(name, readManifest(source)).map(({ key, message }) => ({
      file: source.path,
      line: lineAt(source.text, Math.max(0, source.text.indexOf(`"${key}"`))),
      rule: 'manifests',
      message,
    }));
  });
}

function faultsOf(name: string, manifest: Manifest | undefined): readonly Fault[] {
  if (!manifest) return [{ key: 'name', message: 'not a JSON object: correct it' }];
  return [
    ...constantFaults(name, manifest),
    ...listFaults(manifest),
    ...doorFaults(manifest),
    ...dependencyFaults(name, manifest),
    ...['preinstall', 'install', 'postinstall']
      .filter((script) => manifest.scripts?.[script] !== undefined)
      .map((script) => ({ key: script, message: `script ${script} would run on every user's machine: remove it` })),
  ];
}

function constantFaults(name: string, manifest: Manifest): readonly Fault[] {
  const expected: readonly (readonly [key: string, actual: unknown, wanted: unknown])[] = [
    ['name', manifest.name, `@rt/${name}`],
    ['type', manifest.type, 'module'],
    ['license', manifest.license, 'MIT'],
    ['sideEffects', manifest.sideEffects, false],
    ['engines.node', manifest.engines?.['node'], '>=22.12'],
    ['repository.url', manifest.repository?.['url'], `git+${source}.git`],
    ['repository.directory', manifest.repository?.['directory'], `packages/${name}`],
    ['homepage', manifest.homepage, `${source}/tree/main/packages/${name}#readme`],
    ['bugs.url', manifest.bugs?.['url'], `${source}/issues`],
    ['publishConfig.access', manifest.publishConfig?.['access'], 'public'],
  ];
  return expected
    .filter(([, actual, wanted]) => actual !== wanted)
    .map(([field, actual, wanted]) => ({
      key: field.split('.')[0] ?? field,
      message: `${field} is ${print(actual)}, expected ${print(wanted)}: set it`,
    }));
}

function listFaults({ description, keywords, files }: Manifest): readonly Fault[] {
  const faults: readonly (readonly [isThere: boolean, fault: Fault])[] = [
    [
      Boolean(files?.length),
      { key: 'files', message: 'no files list: say what is published, for example ["dist", "src"]' },
    ],
    [Boolean(description), { key: 'description', message: 'no description: say in one line what it is' }],
    [Boolean(keywords?.length), { key: 'keywords', message: 'no keywords: say what somebody looks for who needs it' }],
  ];
  return faults.filter(([isThere]) => !isThere).map(([, fault]) => fault);
}

function doorFaults({ exports }: Manifest): readonly Fault[] {
  if (exports?.['.'] === undefined) return [{ key: 'exports', message: 'exports has no ".": declare the door' }];
  return Object.entries(exports)
    .filter(([subpath]) => subpath !== './package.json')
    .flatMap(([subpath, target]) => {
      const conditions = typeof target === 'string' ? [] : Object.keys(target);
      return ['types', 'default']
        .filter((condition) => !conditions.includes(condition))
        .map((condition) => ({
          key: subpath,
          message: `exports "${subpath}" has no "${condition}": add it, so that import, require() and TypeScript find it`,
        }));
    });
}

function dependencyFaults(name: string, manifest: Manifest): readonly Fault[] {
  const present = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const allowed = allowedDependencies[name];
  if (!allowed) {
    return [
      { key: 'name', message: `${name} has no row in allowedDependencies: add it to tools/gates/level-table.ts` },
    ];
  }
  return present
    .filter((dependency) => !allowed.includes(dependency))
    .map((dependency) => ({
      key: dependency,
      message: `dependency ${dependency} is not allowed here (allowed: ${allowed.join(', ') || 'none'}): make it a peer, or do without`,
    }));
}

function print(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
