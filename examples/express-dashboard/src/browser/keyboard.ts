import type { Charts } from './charts.ts';

const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -30,
  PageDown: 30,
  Home: -Infinity,
  End: Infinity,
};

/** Moves the cursor of the charts: by one point, by thirty, to the ends; Escape takes it away. */
export function moveByKey(event: KeyboardEvent, charts: Charts, row: number | null, rows: number): void {
  const step = steps[event.key];
  if (event.key === 'Escape') charts.point(null);
  else if (step === undefined || rows === 0) return;
  else charts.point(Math.min(rows - 1, Math.max(0, (row ?? rows - 1) + step)));
  event.preventDefault();
}
