import { frameworkSuite, hostSuite } from '../hosts/host-suite.ts';
import { sessionSuite } from '../hosts/session-suite.ts';
import { mountNest } from './mounts/nest.ts';
import { platforms } from './mounts/platforms.ts';

for (const platform of platforms) {
  frameworkSuite(`Nest on ${platform}`, mountNest(platform));
  hostSuite(`Nest on ${platform} behind compression`, mountNest(platform, true));
  sessionSuite(`Nest on ${platform}`, mountNest(platform));
}
