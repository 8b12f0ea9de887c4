import type { RequestListener, Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import Router from '@koa/router';
import { createHub } from '@rt/core';
import { realtime } from '@rt/koa';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import { answerKeptMs, defineTokenChannels } from './channels.ts';
import { answerTo } from './corpus/answer.ts';
import { readDocuments } from './corpus/documents.ts';
import { readPrepared } from './corpus/prepared.ts';
import { IndexJob } from './index-job.ts';
import { page } from './page.ts';
import { Replies } from './replies.ts';
import { humanPaceMs } from './tokens.ts';

export interface TokensOptions {
  /** How long to wait before a token, in milliseconds. @default as a writer does, about 40 */
  readonly paceMs?: (token: string) => number;
  /** How long the job takes for a passage, in milliseconds. @default 40 */
  readonly passageMs?: number;
  /** How long an answer is kept after its end, in milliseconds. At most, and by default, an hour. */
  readonly keptMs?: number;
  /** The file in which the job notes how far it is. @default one in the package's cache */
  readonly checkpoint?: string;
}

const longestQuestion = 300;

export function createTokens({
  paceMs = humanPaceMs,
  passageMs = 40,
  keptMs = answerKeptMs,
  checkpoint = fileURLToPath(new URL('../.cache/index-job.json', import.meta.url)),
}: TokensOptions = {}) {
  const channels = defineTokenChannels((replyId) => replies.has(replyId));
  const hub = createHub({ channels });
  const prepared = readPrepared(new URL('../answers/', import.meta.url), 'examples/koa-tokens/answers');

  const indexed = hub.channel('job:index');
  const job = new IndexJob({
    progress: {
      document: (document) => indexed.publish('document', document),
      run: (run) => indexed.publish('run', run),
    },
    documents: () => readDocuments(fileURLToPath(new URL('../../..', import.meta.url))),
    checkpoint,
    passageMs,
  });

  const list = hub.channel('replies');
  const reply = (replyId: string) => hub.channel(`reply:${replyId}`);
  const replies: Replies = new Replies({
    paper: {
      asked: (replyId, question, sources) => reply(replyId).publish('asked', { question, sources: [...sources] }),
      token: (replyId, token) => reply(replyId).publish('token', token),
      end: (replyId, how, tokens) => reply(replyId).publish('end', { how, tokens }),
      listed: (listed) => list.publish('reply', listed),
      forgotten: (replyId) => list.publish('forgotten', { replyId }),
    },
    answer: (question) => answerTo(question, { prepared, index: job.index, indexedShare: job.share }),
    keptMs,
    paceMs,
  });

  hub.on('reply:{replyId}', 'stop', ({ params }) => ({ stopped: replies.stop(params.replyId) }));
  hub.on('job:{jobId}', 'again', async ({ params }) => ({ started: params.jobId === 'index' && (await job.again()) }));

  const app = new Koa();
  const router = new Router();
  const rt = realtime(hub, { user: () => null });
  router.all('/rt', rt.handler());
  router.get('/questions', (ctx) => {
    ctx.body = prepared.map(({ question }) => question);
  });
  router.post('/replies', (ctx) => {
    const { question } = ctx.request.body as { readonly question?: unknown };
    const asked = typeof question === 'string' ? question.trim().slice(0, longestQuestion) : '';
    const replyId = asked === '' ? null : replies.ask(asked);
    ctx.status = asked === '' ? 400 : replyId === null ? 429 : 201;
    ctx.body = { replyId };
  });
  app
    .use(bodyParser({ enableTypes: ['json'], onerror: (_error, ctx) => ctx.throw(400, 'the body is not JSON') }))
    .use(router.routes());
  for (const middleware of page()) app.use(middleware);
  void job.resume();

  const handle = app.callback();
  return {
    /** For `createServer`. */
    listener: ((request, response) => void handle(request, response)) as RequestListener,
    hub,
    /** What an answer is to be when it is whole. */
    textOf: (replyId: string) => replies.textOf(replyId),
    /** Lets WebSockets in. */
    attach: (server: Server) => rt.attach(server, { path: '/rt' }),
    async close(): Promise<void> {
      await Promise.all([replies.close(), job.close()]);
      await hub.close({ withinMs: 4000 });
    },
  };
}
