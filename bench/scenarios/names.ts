/** Ours through each of the four wrappers, over WebSocket and as plain streams. */
export const rtWebSockets = ['rt express', 'rt fastify', 'rt koa', 'rt nest'] as const;
export const rtStreams = ['rt express sse', 'rt fastify sse', 'rt koa sse', 'rt nest sse'] as const;
/** uWebSockets.js, and the control of the Node that it runs on. */
export const uws = ['uWebSockets.js', 'net on Node 20'] as const;

/** What apps send mostly. */
export const small = { payloadBytes: 128, keep: 10_000 } as const;

const channels = [0];
/** One channel that a thousand listen to. */
export const thousand = [{ connections: 1000, channels }] as const;
/** As much as they take, one publication in each turn of the event loop. */
export const oneEachTurn = { type: 'turns', channels: 1, channelsPerTurn: 1, each: 1 } as const;
