import { frameworkSuite } from './host-suite.ts';
import { mountKoa } from './mounts/koa.ts';

frameworkSuite('Koa, in a router', mountKoa('router'));
frameworkSuite('Koa, mounted, behind compression', mountKoa('mount', true));
