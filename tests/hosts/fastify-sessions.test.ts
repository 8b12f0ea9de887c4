import { mountFastify } from './mounts/fastify.ts';
import { sessionSuite } from './session-suite.ts';

sessionSuite('Fastify', mountFastify(true));
