import type { Beat } from './beats.ts';

/** What has happened to a node, and at which beat. */
export interface Fall {
  readonly node: string;
  readonly n: number;
}

export interface LaneView {
  readonly node: string;
  readonly beats: readonly Beat[];
  readonly falls: readonly Fall[];
  readonly newest: number;
  readonly up: boolean;
}

/** From one beat to the next, and how wide one is, in pixels. */
const stepPx = 5;
const widthPx = 3;

/** Draws which beats a node has brought to this page: full live, hollow caught up, grey before the page was there. */
export function drawLane(canvas: HTMLCanvasElement, { node, beats, falls, newest, up }: LaneView): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(name);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const middle = Math.round(height / 2);
  const at = (n: number): number => width - (newest - n + 1) * stepPx;

  pen.strokeStyle = colour('--line');
  pen.lineWidth = 1;
  pen.setLineDash(up ? [] : [2, 4]);
  pen.beginPath();
  pen.moveTo(0, middle + 0.5);
  pen.lineTo(width, middle + 0.5);
  pen.stroke();
  pen.setLineDash([]);

  for (const beat of beats) {
    const x = at(beat.n);
    if (beat.node !== node || x < -stepPx) continue;
    const y = middle - 8;
    if (beat.came === 'missed') {
      pen.strokeStyle = colour('--accent');
      pen.strokeRect(x + 0.5, y + 0.5, widthPx - 1, 16);
    } else {
      pen.fillStyle = colour(beat.came === 'live' ? '--accent' : '--line');
      pen.fillRect(x, y, widthPx, 17);
    }
  }
  pen.strokeStyle = style.getPropertyValue('--trouble');
  pen.lineWidth = 1.5;
  for (const fall of falls) {
    const x = at(fall.n) + stepPx;
    if (fall.node !== node || x < -stepPx) continue;
    pen.beginPath();
    pen.moveTo(x - 4, middle - 4);
    pen.lineTo(x + 4, middle + 4);
    pen.moveTo(x + 4, middle - 4);
    pen.lineTo(x - 4, middle + 4);
    pen.stroke();
  }
}
