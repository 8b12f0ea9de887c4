import { dirname } from 'node:path';
import { nodes } from './cells.ts';
import type { NodeName } from './cells.ts';
import { runCommand } from './run-command.ts';

/** The folder of a version of Node, from npm's own cache of `npx` packages. */
export async function nodeFolder(name: NodeName, cwd: string): Promise<string> {
  // The `node` package finds its platform in an install script; name Linux's package directly, as tools/run.mjs does.
  const direct = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  const wanted = `${direct ? `node-linux-${process.arch}` : 'node'}@${nodes[name]}`;
  const output = await runCommand(
    ['npx', '--yes', '--prefer-offline', '--package', wanted, '--call', 'node -p process.execPath'],
    { cwd },
  );
  return dirname(output.trim().split('\n').at(-1) ?? '');
}
