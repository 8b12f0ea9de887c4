import { spawn } from 'node:child_process';

/** Where and how a command runs. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** How long it may take. @default 180_000 */
  readonly withinMs?: number;
}

/** What a command that went wrong has printed is in the message. */
class CommandError extends Error {
  constructor(command: readonly string[], why: string, output: string) {
    super(`${command.join(' ')}: ${why}\n${output.trim()}`);
    this.name = 'CommandError';
  }
}

/**
 * Runs a command and resolves to what it printed.
 *
 * @throws CommandError unless it ends in time, and with 0
 */
export function runCommand(
  [name = '', ...args]: readonly string[],
  { cwd, env = cleanEnv(), withinMs = 180_000 }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it has started ends with it.
    const child = spawn(name, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let stdout = '';
    const fail = (why: string): void => reject(new CommandError([name, ...args], why, output));
    const timer = setTimeout(() => {
      fail(`did not end within ${withinMs / 1000} s`);
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, withinMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', ({ message }) => fail(message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(stdout);
      else fail(`ended with ${code ?? signal}`);
    });
  });
}

/** The environment without what npm and pnpm hand down to scripts: it would be settings of the commands that run here. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const handedDown =
    /^(?:npm_(?:package_|lifecycle_|command$|config_(?:user_agent|nodedir|(?:local_|global_)?prefix|dir)$)|pnpm_|INIT_CWD$|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !handedDown.test(name)));
}
