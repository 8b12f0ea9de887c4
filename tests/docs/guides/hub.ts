// #region hub
import { createHub } from '@rt/core';
import { channels } from './channels.ts';

export const hub = createHub({ channels });
// #endregion
