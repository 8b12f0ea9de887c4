import { nodeRunner } from './transport-suite/node-runner.ts';
import { clientTransportSuite } from './transport-suite/index.ts';

clientTransportSuite('Node', nodeRunner);
