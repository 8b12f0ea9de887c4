import { mountKoa } from './mounts/koa.ts';
import { sessionSuite } from './session-suite.ts';

sessionSuite('Koa', mountKoa('router', true));
