#!/usr/bin/env node
import { run } from './run.ts';
import { processTerminal } from './process-terminal.ts';

/** How long what is still on its way may take: a goodbye to the server. */
const lastWordsMs = 500;

void run(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), lastWordsMs).unref();
});
