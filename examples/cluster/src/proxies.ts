import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program, RunningServer } from './program.ts';
import { startServer } from './program.ts';

export interface ProxyOptions {
  readonly program: Program;
  /** Where it listens, on the loopback. */
  readonly port: number;
  /** The ports of the three nodes. */
  readonly nodes: readonly number[];
}

/** nginx with the configuration of the guide: each request goes to the next node. */
export async function startNginx({ program, ...ports }: ProxyOptions): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rt-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const site = await configuration('nginx.conf', ports);
  await writeFile(
    join(folder, 'nginx.conf'),
    [
      'daemon off;',
      // One process, of the same user: nothing is left behind when it is killed.
      'master_process off;',
      `pid ${folder}/pid;`,
      'error_log stderr crit;',
      'events { worker_connections 4096; }',
      'http {',
      'access_log off;',
      ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
      site,
      '}',
    ].join('\n'),
  );
  const options = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  return inFolder(folder, startServer(program, options, ports.port));
}

/** HAProxy with the configuration of the guide: each request goes to the next node that says it is ready. */
export async function startHaproxy({ program, ...ports }: ProxyOptions): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rt-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, await configuration('haproxy.cfg', ports));
  return inFolder(folder, startServer(program, ['-db', '-f', file], ports.port));
}

/** The configuration as the guide has it, with other ports. */
async function configuration(file: string, { port, nodes }: Omit<ProxyOptions, 'program'>): Promise<string> {
  const text = await readFile(new URL(`../proxies/${file}`, import.meta.url), 'utf8');
  const ports: Readonly<Record<string, number | undefined>> = {
    3000: port,
    3001: port,
    3101: nodes[0],
    3102: nodes[1],
    3103: nodes[2],
  };
  return text.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, written: string) => `127.0.0.1:${ports[written] ?? written}`);
}

/** What it needs of the disk goes with it. */
async function inFolder(folder: string, starting: Promise<RunningServer>): Promise<RunningServer> {
  const away = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const server = await starting;
    return {
      ...server,
      async stop(signal) {
        await server.stop(signal);
        await away();
      },
    };
  } catch (error) {
    await away();
    throw error;
  }
}
