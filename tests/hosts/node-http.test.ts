import { hostSuite } from './host-suite.ts';
import { mountNodeHttp } from './mounts/node-http.ts';

hostSuite('node:http', mountNodeHttp);
