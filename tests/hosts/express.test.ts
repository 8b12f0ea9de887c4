import express from 'express';
import express4 from 'express4';
import { frameworkSuite } from './host-suite.ts';
import { mountExpress } from './mounts/express.ts';

frameworkSuite('Express 5', mountExpress(express));
frameworkSuite('Express 5 behind compression()', mountExpress(express, true));
frameworkSuite('Express 4', mountExpress(express4));
frameworkSuite('Express 4 behind compression()', mountExpress(express4, true));
