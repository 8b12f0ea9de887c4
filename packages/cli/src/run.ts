import { RtError } from '@rt/protocol';
import type { ExitCode } from './exit-code.ts';
import { exitCodes, UnreachedError, UsageError } from './exit-code.ts';
import { helpPage, isCommand, overview } from './help.ts';
import type { CommandName } from './help.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine, printable, styled } from './terminal.ts';

/**
 * Runs one command line, without the name of the program, and says with what the process is to end. Never rejects for what
 * the user, the network or the server do.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [command = 'help', ...rest] = args;
  if (command === 'help' || command === '--help' || command === '-h') return help(rest[0], terminal);
  if (command === '--version') {
    terminal.out.line(await version());
    return exitCodes.good;
  }
  if (!isCommand(command)) return unknown(command, terminal);
  if (rest.includes('--help') || rest.includes('-h')) return help(command, terminal);
  try {
    return await execute(command, rest, terminal);
  } catch (error) {
    return told(error, { command, terminal, json: rest.includes('--json') });
  }
}

/** Each is loaded when it is called: nobody waits for the others. */
async function execute(command: CommandName, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  switch (command) {
    case 'tail':
      return (await import('./tail.ts')).tail(args, terminal);
    case 'publish':
      return (await import('./publish.ts')).publish(args, terminal);
    case 'presence':
      return (await import('./presence.ts')).presence(args, terminal);
    case 'history':
      return (await import('./history.ts')).history(args, terminal);
    case 'doctor':
      return (await import('./doctor/doctor.ts')).doctor(args, terminal);
  }
}

function help(about: string | undefined, terminal: Terminal): ExitCode {
  if (about !== undefined && !isCommand(about)) return unknown(about, terminal);
  terminal.out.line(about === undefined ? overview(terminal.out) : helpPage(about, terminal.out));
  return exitCodes.good;
}

function unknown(command: string, { notes }: Terminal): ExitCode {
  notes.line(`rt: there is no command ${JSON.stringify(command)}\n\n${overview(notes)}`);
  return exitCodes.usage;
}

/** Says what has become of it; with `--json` as a line like the others. */
function told(
  error: unknown,
  { command, terminal, json }: { readonly command: string; readonly terminal: Terminal; readonly json: boolean },
): ExitCode {
  const { out, notes } = terminal;
  if (error instanceof UsageError) {
    notes.line(`rt ${command}: ${printable(error.message)}\nrt help ${command} says what it takes.`);
    return exitCodes.usage;
  }
  if (error instanceof RtError || error instanceof UnreachedError) {
    const refused = error instanceof RtError;
    const body = refused ? error.toJSON() : { code: 'unreached', message: error.message, retryable: true };
    if (json) out.line(jsonLine({ type: 'error', ...body }));
    else notes.line(`${styled(notes, 'red', `rt ${command}:`)} ${printable(error.message)}`);
    return refused ? exitCodes.found : exitCodes.unreached;
  }
  throw error;
}

async function version(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
