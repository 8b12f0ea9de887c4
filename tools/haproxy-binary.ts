import type { Binary } from './debian-package.ts';
import { binary } from './debian-package.ts';

/**
 * A HAProxy for tests and examples: RT_HAPROXY if set, else one on the PATH, else Debian's own package.
 *
 * @throws Error if there is none to be had
 */
export function haproxyBinary(): Binary {
  return binary({
    variable: 'RT_HAPROXY',
    names: ['haproxy'],
    package: 'haproxy',
    file: 'usr/sbin/haproxy',
  });
}
