import express from 'express';
import express4 from 'express4';
import { mountExpress } from './mounts/express.ts';
import { sessionSuite } from './session-suite.ts';

sessionSuite('Express 5', mountExpress(express, true));
sessionSuite('Express 4', mountExpress(express4, true));
