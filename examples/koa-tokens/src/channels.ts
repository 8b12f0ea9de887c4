import { channel, defineChannels, keyed } from '@rt/core';
import { z } from 'zod';

/** How an answer ended: it was whole, somebody stopped it, or the server went away. */
export type Ending = 'done' | 'stopped' | 'shutdown';

const ending = z.enum(['done', 'stopped', 'shutdown'] satisfies Ending[]);

/** One answer in the list of those that are kept. */
const listed = z.object({
  replyId: z.string(),
  question: z.string(),
  state: z.enum(['writing', 'done', 'stopped', 'shutdown']),
  tokens: z.number(),
  askedAtMs: z.number(),
});

/** How much of one document is in the index. */
const indexed = z.object({ document: z.string(), done: z.number(), total: z.number() });

/** The run of the job as a whole; `tookMs` is the time it has worked, over restarts. */
const run = z.object({ number: z.number(), state: z.enum(['running', 'done']), tookMs: z.number() });

export type Listed = z.infer<typeof listed>;
export type Indexed = z.infer<typeof indexed>;
export type Run = z.infer<typeof run>;

/** How long an answer is kept after its end, and its log a little longer. */
export const answerKeptMs = 3_600_000;

/** @param isKept Says whether there is an answer of this id. */
export function defineTokenChannels(isKept: (replyId: string) => boolean) {
  return defineChannels({
    // An answer is a log: whoever comes late reads it from its start.
    'reply:{replyId}': channel({
      events: {
        asked: z.object({ question: z.string(), sources: z.array(z.string()) }),
        token: z.string(),
        end: z.object({ how: ending, tokens: z.number() }),
      },
      keep: { count: 4000, forMs: answerKeptMs + 300_000 },
      subscribe: ({ params }) => isKept(params.replyId),
      send: ({ params }) => isKept(params.replyId),
    }),
    // The answers that are kept: of each the newest that is true.
    replies: channel({
      events: {
        reply: keyed(listed, { by: ({ replyId }) => replyId }),
        forgotten: keyed(z.object({ replyId: z.string() }), { by: ({ replyId }) => replyId, removes: true }),
      },
      keep: { newestPer: 'key' },
      subscribe: 'anyone',
    }),
    // A job is a state: of each document how far it is, ten times a second at most.
    'job:{jobId}': channel({
      events: {
        document: keyed(indexed, { by: ({ document }) => document }),
        run: keyed(run, { by: () => 'run' }),
      },
      keep: { newestPer: 'key' },
      slow: 'conflate',
      everyMs: 100,
      subscribe: 'anyone',
      send: 'anyone',
    }),
  });
}

export type TokenChannels = ReturnType<typeof defineTokenChannels>;
