// #region suite
import { memoryBroker } from '@rt/core';
import { brokerSuite, createVirtualClock } from '@rt/testkit';
import { describe, test } from 'vitest';

describe('my broker', () => {
  let clock = createVirtualClock();
  brokerSuite((name, run) => test(name, run), {
    create() {
      clock = createVirtualClock();
      return memoryBroker({ clock }); // yours
    },
    async pass(ms) {
      clock.advance(ms);
    },
  });
});
// #endregion
