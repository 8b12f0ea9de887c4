import type { Binary } from './debian-package.ts';
import { binary } from './debian-package.ts';

/**
 * A Redis or Valkey server for tests and examples: RT_REDIS_SERVER if set, else one on the PATH, else Debian's own package.
 *
 * @throws Error if there is none to be had
 */
export function redisBinary(): Binary {
  return binary({
    variable: 'RT_REDIS_SERVER',
    names: ['valkey-server', 'redis-server'],
    package: 'redis-server',
    file: 'usr/bin/redis-server',
  });
}
