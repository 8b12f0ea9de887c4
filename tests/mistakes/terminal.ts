import { onTestFinished, vi } from 'vitest';

/** What a developer reads in the terminal of the server: a hub without an observer of its own prints it there. */
export interface Terminal {
  /** Every line so far that is of @rt. */
  lines(): readonly string[];
}

export function terminal(): Terminal {
  const spies = (['warn', 'error'] as const).map((method) => vi.spyOn(console, method).mockImplementation(() => {}));
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const printed = (): readonly string[] => spies.flatMap(({ mock }) => mock.calls.map((call) => call.join(' ')));
  return { lines: () => printed().filter((line) => line.startsWith('@rt: ')) };
}
