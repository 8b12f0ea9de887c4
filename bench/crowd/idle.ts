// A process that does nothing: what it measures is the machine.
import { answerWithMeasures } from './measures.ts';

answerWithMeasures();
