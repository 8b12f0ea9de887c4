import { mkdtempSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let session: Session | null = null;

/** Begins a CPU profile, and the second time ends it. Returns the file that it is in, or an empty text. */
export async function cpuProfile(): Promise<string> {
  if (session === null) {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
    return '';
  }
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  session = null;
  const path = join(mkdtempSync(join(tmpdir(), 'rt-profile-')), 'server.cpuprofile');
  writeFileSync(path, JSON.stringify(profile));
  return path;
}
