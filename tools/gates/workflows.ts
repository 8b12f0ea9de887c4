import { parseDocument } from 'yaml';
import { lineAt } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

/** The parts of a workflow that the gate looks at, as loosely typed as the file itself. */
interface Workflow {
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Workflows are YAML, say what they may do, name actions by their commit, and call scripts that are there. */
export function checkWorkflows(sources: readonly SourceFile[]): readonly Violation[] {
  const known = knownScripts(sources);
  const paths = new Set(sources.map(({ path }) => path));
  return sources
    .filter(({ path }) => /^\.github\/.*\.ya?ml$/.test(path))
    .flatMap((source) => faultsOf(source, known, paths));
}

function faultsOf(
  { path, text }: SourceFile,
  scripts: ReadonlySet<string>,
  paths: ReadonlySet<string>,
): readonly Violation[] {
  const fault = (where: string, message: string): Violation => ({
    file: path,
    line: lineAt(text, Math.max(0, text.indexOf(where))),
    rule: 'workflows',
    message,
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return [{ ...fault('', `no YAML (${error.code}): correct it`), line: lineAt(text, error.pos[0]) }];
  const workflow = (document.toJS() ?? {}) as Workflow;
  const steps = Object.values(workflow.jobs ?? {}).flatMap((job) => job.steps ?? []);
  return [
    ...(workflow.permissions === undefined ? [fault('', 'no permissions: say what it may do, above the jobs')] : []),
    ...(steps.length === 0 ? [fault('', 'no steps: it does nothing')] : []),
    ...steps
      .flatMap(({ uses }) => uses ?? [])
      .filter((uses) => !/^\.\/|@[0-9a-f]{40}$/.test(uses))
      .map((uses) => fault(uses, `${uses} may become something else: name its commit, and the version in a comment`)),
    ...steps.flatMap(commandsOf).flatMap((command) => {
      const missing = missingOf(command, scripts, paths);
      return missing === undefined ? [] : [fault(command, `${command} calls ${missing}, which is not there`)];
    }),
  ];
}

/** What a step runs itself, and what it has an action run. */
function commandsOf({ run = '', with: inputs = {} }: Step): readonly string[] {
  const given = Object.entries(inputs)
    .filter(([name]) => name.endsWith('-script'))
    .map(([, command]) => String(command));
  return [run, ...given]
    .flatMap((text) => text.split(/\n|&&/))
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

/** The file or the script that a command calls, if that is not there. */
function missingOf(command: string, scripts: ReadonlySet<string>, paths: ReadonlySet<string>): string | undefined {
  const [, file, first] = /^(?:node|bash) (\S+)(?: (\S+))?/.exec(command) ?? [];
  if (file !== undefined && !paths.has(file)) return file;
  const [, script] = /^(?:pnpm|npm)(?: run)? (?!exec |install\b|ci\b)(\S+)/.exec(command) ?? [];
  const called = file === 'tools/run.mjs' ? first : script;
  return called === undefined || scripts.has(called) ? undefined : called;
}

function knownScripts(sources: readonly SourceFile[]): ReadonlySet<string> {
  const manifest = sources.find(({ path }) => path === 'package.json');
  const { scripts = {} } = JSON.parse(manifest?.text ?? '{}') as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  return new Set(Object.keys(scripts));
}
