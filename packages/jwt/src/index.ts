export type { Algorithm } from './algorithm.ts';
export type { Claims, JwtOptions, TokenChecks, UserOption } from './jwt.ts';
export { jwt } from './jwt.ts';
export type { KeySource } from './key-source.ts';
