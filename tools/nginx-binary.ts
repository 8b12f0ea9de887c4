import type { Binary } from './debian-package.ts';
import { binary } from './debian-package.ts';

/**
 * An nginx for tests and examples: RT_NGINX if set, else one on the PATH, else Debian's own package.
 *
 * @throws Error if there is none to be had
 */
export function nginxBinary(): Binary {
  return binary({
    variable: 'RT_NGINX',
    names: ['nginx'],
    package: 'nginx',
    file: 'usr/sbin/nginx',
  });
}
