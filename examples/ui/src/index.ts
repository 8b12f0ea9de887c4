export { CatchUp } from './catch-up.ts';
export type { ConnectionState } from './connection-state.ts';
export type { Resumption } from './connection-words.ts';
export { explainGap } from './connection-words.ts';
export { Connection } from './connection.ts';
export { showConnection } from './connection-bar.ts';
export { element, setText } from './parts.ts';
export type { Traffic } from './road.ts';
export { Road } from './road.ts';
