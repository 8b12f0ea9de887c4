/** A throw-away app of somebody who uses the packages. */
export interface App {
  readonly name: string;
  readonly module: 'commonjs' | 'module';
  /** The file of `tests/release/apps` that is started; null for one that is written for what is packed. */
  readonly main: string | null;
  /** Packages of ours that it asks for itself; null for all. */
  readonly ours: readonly string[] | null;
  /** What else it installs. */
  readonly others: Readonly<Record<string, string>>;
}

const express = { express: '^5.0.0', '@types/express': '^5.0.0' };
const koa = { koa: '^3.0.0', '@types/koa': '^3.0.0' };
const fastify = { fastify: '^5.0.0' };
const nest = {
  '@nestjs/common': '^12.0.0',
  '@nestjs/core': '^12.0.0',
  '@nestjs/websockets': '^12.0.0',
  'reflect-metadata': '^0.2.0',
  rxjs: '^7.8.0',
};
const others = {
  '@opentelemetry/api': '^1.9.0',
  '@types/react': '^19.0.0',
  ioredis: '^6.0.0',
  react: '^19.0.0',
  redis: '^6.0.0',
};

const core = ['@rt/core', '@rt/client'] as const;

export const apps: readonly App[] = [
  { name: 'express-cjs', module: 'commonjs', main: 'express', ours: [...core, '@rt/express-sse'], others: express },
  { name: 'express-esm', module: 'module', main: 'express', ours: [...core, '@rt/express-sse'], others: express },
  { name: 'fastify', module: 'module', main: 'fastify', ours: [...core, '@rt/fastify'], others: fastify },
  { name: 'koa', module: 'module', main: 'koa', ours: [...core, '@rt/koa'], others: koa },
  {
    name: 'nest',
    module: 'module',
    main: 'nest',
    ours: [...core, '@rt/nest'],
    others: { ...nest, '@nestjs/platform-express': '^12.0.0' },
  },
  { name: 'cli', module: 'module', main: 'cli', ours: ['@rt/core', '@rt/express-sse', '@rt/cli'], others: express },
  {
    name: 'doors',
    module: 'module',
    main: null,
    ours: null,
    others: { ...express, ...koa, ...fastify, ...nest, ...others },
  },
];
