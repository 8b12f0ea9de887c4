import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Takes away what was built of sources that are there no more: `tsc` leaves it, and it would be published. */
export function removeStaleOutput(root: string): void {
  for (const name of readdirSync(join(root, 'packages'))) {
    const home = join(root, 'packages', name);
    for (const path of readdirSync(join(home, 'dist'), { recursive: true, encoding: 'utf8' })) {
      const source = path.replace(/\.(?:d\.ts|js)(?:\.map)?$/, '.ts');
      if (source !== path && !existsSync(join(home, 'src', source))) rmSync(join(home, 'dist', path));
    }
  }
}
