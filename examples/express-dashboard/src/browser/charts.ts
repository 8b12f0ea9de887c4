import uPlot from 'uplot';
import { drawMarks } from './mark-drawing.ts';
import type { Mark } from './marks.ts';
import { panels, type Panel } from './panels.ts';
import { readTheme, type Theme } from './theme.ts';
import type { Track } from './track.ts';

export interface View {
  readonly track: Track;
  readonly marks: readonly Mark[];
  /** The right edge of the time axis, in seconds. */
  readonly untilTime: number;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** The four charts, one for each panel that the page has, with one cursor. */
export class Charts {
  readonly #spanSeconds: number;
  readonly #onCursor: (row: number | null) => void;
  readonly #plots: readonly uPlot[];
  #theme: Theme = readTheme();
  #view: View;

  constructor(view: View, spanSeconds: number, onCursor: (row: number | null) => void) {
    this.#view = view;
    this.#spanSeconds = spanSeconds;
    this.#onCursor = onCursor;
    this.#plots = panels.map((panel) => this.#create(panel));
  }

  draw(view: View): void {
    this.#view = view;
    for (const [index, panel] of panels.entries()) this.#plots[index]?.setData(this.#data(panel));
  }

  restyle(): void {
    this.#theme = readTheme();
    for (const plot of this.#plots) plot.redraw(false, true);
  }

  /** Puts the cursor on a row of the track, as the pointer would. */
  point(row: number | null): void {
    const time = row === null ? undefined : this.#view.track.times[row];
    for (const plot of this.#plots) {
      plot.setCursor({ left: time === undefined ? -10 : plot.valToPos(time, 'x'), top: 0 }, false);
    }
    this.#onCursor(time === undefined ? null : row);
  }

  #data(panel: Panel): uPlot.AlignedData {
    const { times, samples } = this.#view.track;
    const lines = panel.lines.map((line) =>
      samples.map((sample) => (sample === null ? null : (line.height?.(sample) ?? line.value(sample)))),
    );
    return [times, ...lines];
  }

  #create(panel: Panel): uPlot {
    const place = document.querySelector<HTMLElement>(`[data-panel="${panel.name}"] .plot`);
    if (place === null) throw new Error(`The page has no place for the panel "${panel.name}"`);
    const size = () => ({ width: place.clientWidth, height: place.clientHeight });
    const plot = new uPlot({ ...this.#options(panel), ...size() }, this.#data(panel), place);
    new ResizeObserver(() => plot.setSize(size())).observe(place);
    return plot;
  }

  #options(panel: Panel): Omit<uPlot.Options, 'width' | 'height'> {
    const axis: uPlot.Axis = {
      stroke: () => this.#theme.muted,
      grid: { stroke: () => this.#theme.line, width: 1 },
      ticks: { show: false },
      font: this.#theme.font,
    };
    return {
      legend: { show: false },
      padding: [8, 20, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: 'rt', setSeries: false },
        points: { size: 7, width: 1.5, stroke: () => this.#theme.ground, fill: (_, line) => this.#stroke(line) },
        bind: { dblclick: () => null },
      },
      scales: {
        x: { time: true, range: () => [this.#view.untilTime - this.#spanSeconds, this.#view.untilTime] },
        y: { range: (_, __, highest) => [0, panel.top(highest ?? 0, this.#view.track.samples.at(-1) ?? null)] },
      },
      axes: [
        {
          ...axis,
          // Only the marks stand upright in the plot.
          grid: { show: false },
          size: 28,
          gap: 8,
          space: 64,
          incrs: [60, 120, 300],
          values: (_, times) => times.map(clockTime),
        },
        {
          ...axis,
          size: 68,
          gap: 8,
          splits: (plot, _, __, top) => quarters(top, plot.height < 200 ? 2 : 4),
          values: (_, values) => values.map((value) => panel.axis(value)),
        },
      ],
      series: [{}, ...panel.lines.map((_, index) => this.#line(index + 1))],
      hooks: {
        drawAxes: [(plot) => drawMarks(plot, this.#view.marks, this.#theme)],
        setCursor: [(plot) => this.#onCursor((plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null))],
      },
    };
  }

  #line(index: number): uPlot.Series {
    return {
      stroke: () => this.#stroke(index),
      width: 1.5,
      ...(index === 1 ? { fill: () => this.#theme.accentWash } : { dash: [4, 3] }),
      points: {
        show: () => false,
        // A point without neighbours has no line: the very first sample, or one between two breaks.
        filter: (plot, line) => lonely(plot.data[line] ?? []),
        size: 4,
        fill: () => this.#stroke(index),
      },
    };
  }

  #stroke(line: number): string {
    return line === 1 ? this.#theme.accent : this.#theme.muted;
  }
}

function quarters(top: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, part) => (top * part) / parts);
}

function clockTime(seconds: number): string {
  return clock.format(seconds * 1000);
}

function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) {
    const alone = (values[row - 1] ?? null) === null && (values[row + 1] ?? null) === null;
    if (alone && (values[row] ?? null) !== null) rows.push(row);
  }
  return rows;
}
