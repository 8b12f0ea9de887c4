import type { Check, Verdict } from './check.ts';

const nearS = 30;

/** Nothing of @rt's compares clocks; tokens do. */
export const clock: Check = {
  name: 'clock',
  expects: 'clocks need not agree: places are not times',
  needs: [],
  async run({ probe }): Promise<Verdict> {
    const { headers } = await probe.answer({ method: 'POST', body: probe.connect({ type: 'ping', id: 2 }) });
    const there = Date.parse(headers.date ?? '');
    if (Number.isNaN(there)) return { type: 'ok', came: 'the server does not say its time, and nothing asks for it' };
    const apart = Math.round((there - Date.now()) / 1000);
    if (Math.abs(apart) < nearS) return { type: 'ok', came: 'the server’s clock is this one’s, within half a minute' };
    return {
      type: 'note',
      came: `the server’s clock is ${Math.abs(apart)} s ${apart < 0 ? 'behind' : 'ahead of'} this one`,
      advice: 'channels do not mind; tokens that expire go by the server’s clock: set both by NTP',
    };
  },
};
