/** A throw-away app of somebody who uses the packages. */
export interface App {
  readonly name: string;
  readonly module: 'commonjs' | 'module';
  /** The file of `tests/release/apps` that is started; null for one that is written for what is packed. */
  readonly main: string | null;
  /** Whether it asks for a package of ours itself. */
  readonly asksFor: (name: string) => boolean;
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

const only =
  (...names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name);

export const apps: readonly App[] = [
  {
    name: 'express-cjs',
    module: 'commonjs',
    main: 'express',
    asksFor: only('@rt/core', '@rt/client', '@rt/express-sse'),
    others: express,
  },
  {
    name: 'express-esm',
    module: 'module',
    main: 'express',
    asksFor: only('@rt/core', '@rt/client', '@rt/express-sse'),
    others: express,
  },
  {
    name: 'fastify',
    module: 'module',
    main: 'fastify',
    asksFor: only('@rt/core', '@rt/client', '@rt/fastify'),
    others: fastify,
  },
  { name: 'koa', module: 'module', main: 'koa', asksFor: only('@rt/core', '@rt/client', '@rt/koa'), others: koa },
  {
    name: 'nest',
    module: 'module',
    main: 'nest',
    asksFor: only('@rt/core', '@rt/client', '@rt/nest'),
    others: { ...nest, '@nestjs/platform-express': '^12.0.0' },
  },
  {
    name: 'cli',
    module: 'module',
    main: 'cli',
    asksFor: only('@rt/core', '@rt/express-sse', '@rt/cli'),
    others: express,
  },
  {
    name: 'doors',
    module: 'module',
    main: null,
    // The types of Koa and of Express want two versions of content-disposition, and find one.
    asksFor: (name) => name !== '@rt/koa',
    others: { ...express, ...fastify, ...nest, ...others },
  },
];
