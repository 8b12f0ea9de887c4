import type uPlot from 'uplot';
import type { Mark } from './marks.ts';
import type { Theme } from './theme.ts';

interface Band {
  readonly mark: Mark;
  readonly left: number;
  readonly right: number;
}

/** Draws under the lines: a band for each mark, and its words to the left of it. All in pixels of the canvas. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], theme: Theme): void {
  const { ctx, bbox } = plot;
  const bands = marks.map((mark) => ({
    mark,
    left: plot.valToPos(mark.fromTime, 'x', true),
    right: plot.valToPos(mark.toTime, 'x', true),
  }));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const band of bands) drawBand(ctx, band, bbox, theme);
  drawWords(ctx, bands, bbox, theme);
  ctx.restore();
}

function drawBand(ctx: CanvasRenderingContext2D, { mark, left, right }: Band, bbox: uPlot.BBox, theme: Theme): void {
  ctx.fillStyle = mark.kind === 'caught-up' ? theme.accentWash : theme.mutedWash;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  if (mark.kind !== 'gap') return;
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const x of [left, right]) {
    ctx.moveTo(Math.round(x), bbox.top);
    ctx.lineTo(Math.round(x), bbox.top + bbox.height);
  }
  ctx.stroke();
}

/** Gaps have a row above what was caught up; where two of a row would meet, the newest is told. */
function drawWords(ctx: CanvasRenderingContext2D, bands: readonly Band[], bbox: uPlot.BBox, theme: Theme): void {
  const space = 4 * devicePixelRatio;
  const rowHeight = 20 * devicePixelRatio;
  const hasGap = bands.some(({ mark }) => mark.kind === 'gap');
  const free = { gap: Infinity, 'caught-up': Infinity };
  ctx.font = theme.font.replace(/^\d+/, (size) => String(Number(size) * devicePixelRatio));
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const { mark, left, right } of bands.toReversed()) {
    if (mark.kind === 'away') continue;
    const text = mark.kind === 'gap' ? `gap: ${mark.reason}` : `caught up ${mark.count}`;
    const width = ctx.measureText(text).width + 2 * space;
    const start = left - width >= bbox.left ? left - width : right;
    if (start + width > free[mark.kind]) continue;
    free[mark.kind] = start;
    const top = bbox.top + devicePixelRatio + (hasGap && mark.kind !== 'gap' ? rowHeight : 0);
    ctx.fillStyle = theme.ground;
    ctx.fillRect(start, top, width, rowHeight);
    ctx.fillStyle = mark.kind === 'gap' ? theme.muted : theme.accent;
    ctx.fillText(text, start + space, top + rowHeight / 2);
  }
}
