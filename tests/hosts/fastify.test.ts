import { frameworkSuite } from './host-suite.ts';
import { mountFastify } from './mounts/fastify.ts';

frameworkSuite('Fastify', mountFastify());
frameworkSuite('Fastify behind compression', mountFastify(true));
