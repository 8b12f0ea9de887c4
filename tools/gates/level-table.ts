/** A package may import packages of a lower level, never of its own or a higher one. */
export const levels: Readonly<Record<string, number>> = {
  protocol: 0,
  core: 1,
  client: 1,
  node: 2,
  jwt: 2,
  redis: 2,
  otel: 2,
  nats: 2,
  react: 2,
  cli: 2,
  'express-sse': 3,
  fastify: 3,
  koa: 3,
  nest: 3,
};

/** Stands beside the levels: only tests/ may import it, and it may import no more than this. */
export const testkit = { name: 'testkit', mayImport: ['protocol', 'core'] } as const;

/** Packages for the browser as well as for Node: neither their source nor their build names a Node builtin. */
export const hostFree: readonly string[] = ['protocol', 'core', 'client'];

/** What a published package may put on its users' disks; frameworks are peers. */
export const allowedDependencies: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  core: ['@rt/protocol', '@standard-schema/spec'],
  node: ['@rt/core', '@rt/protocol', 'ws'],
  jwt: ['@rt/core', '@rt/protocol', 'jose'],
  redis: ['@rt/core', '@rt/protocol'],
  otel: ['@rt/core'],
  'express-sse': ['@rt/core', '@rt/node'],
  fastify: ['@rt/core', '@rt/node', 'fastify-plugin'],
  koa: ['@rt/core', '@rt/node'],
  nest: ['@rt/core', '@rt/node'],
  client: ['@rt/protocol'],
  react: ['@rt/client'],
  cli: ['@rt/client', '@rt/protocol'],
  testkit: ['@rt/core', '@rt/protocol'],
};
