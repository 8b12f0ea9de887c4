import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';
import { mountExpress } from '../hosts/mounts/express.ts';
import { mountNodeHttp } from '../hosts/mounts/node-http.ts';
import { testHub } from '../support/hub.ts';

// A server in a process of its own, so that what is on its heap is its own.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const mount = process.argv[2] === 'Express' ? mountExpress(express) : mountNodeHttp;
const { hub } = testHub({ heartbeat: false });
const { port } = await mount(hub);

process.on('message', () => {
  collect();
  collect();
  process.send?.({ heapBytes: process.memoryUsage().heapUsed });
});
process.once('disconnect', () => process.exit());
process.send?.({ port });
