/** What lies over the film and follows it: the lesion's overlay, the reader's mark, the crosshair. */
import type { FilmPoint, ViewerOptions } from './options';
import type { Stage } from './stage';

const SVG = 'http://www.w3.org/2000/svg';

export class Layers {
  private readonly canvas = document.createElement('canvas');
  private readonly svg = document.createElementNS(SVG, 'svg');
  private readonly circle = this.shape('circle', 'cf-tolerance');
  private readonly cross = this.shape('path', 'cf-crosshair');
  private readonly pin = this.shape('path', 'cf-mark-pin');
  private overlay: ImageBitmap | null = null;
  overlayShown = false;
  mark: FilmPoint | null = null;
  crosshair: FilmPoint | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly options: ViewerOptions,
    host: HTMLElement,
  ) {
    this.canvas.className = 'cf-layer';
    this.svg.setAttribute('class', 'cf-layer');
    for (const layer of [this.canvas, this.svg]) layer.setAttribute('aria-hidden', 'true');
    host.append(this.canvas, this.svg);
    stage.onDrawn(() => this.draw());
  }

  async loadOverlay(url: string, signal: AbortSignal): Promise<void> {
    if (this.overlay) return;
    const response = await fetch(url, { signal, credentials: 'same-origin' });
    if (!response.ok) throw new Error(`overlay: ${response.status}`);
    this.overlay = await createImageBitmap(await response.blob());
  }

  draw(): void {
    this.drawOverlay();
    this.drawMarks();
  }

  private drawOverlay(): void {
    const { clientWidth: width, clientHeight: height } = this.stage.element;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio);
    if (this.canvas.height !== Math.round(height * ratio)) this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext('2d');
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!this.overlay || !this.overlayShown) return;
    const { rows, columns } = this.options;
    const [left, top] = this.stage.toStage({ row: -0.5, column: -0.5 });
    const [right, bottom] = this.stage.toStage({ row: rows - 0.5, column: columns - 0.5 });
    context.drawImage(this.overlay, left, top, right - left, bottom - top);
  }

  private drawMarks(): void {
    place(this.pin, this.mark && this.stage.toStage(this.mark), ([x, y]) => ({ d: `${ring(x, y, 7)} ${cross(x, y, 3, 14)}` }));
    place(this.cross, this.crosshair && this.stage.toStage(this.crosshair), ([x, y]) => ({ d: cross(x, y, 6, 26) }));
    const { toleranceMm, spacingMm } = this.options;
    place(this.circle, this.mark && toleranceMm !== null ? this.stage.toStage(this.mark) : null, ([x, y]) => {
      const [edge] = this.stage.toStage({ row: this.mark!.row, column: this.mark!.column + (toleranceMm ?? 0) / spacingMm });
      return { cx: x, cy: y, r: Math.abs(edge - x) };
    });
  }

  private shape(kind: 'path' | 'circle', name: string): SVGElement {
    const shape = document.createElementNS(SVG, kind);
    shape.setAttribute('class', name);
    this.svg.append(shape);
    return shape;
  }
}

type Point = [number, number];

function place(shape: SVGElement, at: Point | null, attributes: (at: Point) => Record<string, string | number>): void {
  shape.style.display = at ? '' : 'none';
  if (!at) return;
  for (const [name, value] of Object.entries(attributes(at))) shape.setAttribute(name, String(value));
}

function cross(x: number, y: number, gap: number, reach: number): string {
  return `M${x - reach} ${y}H${x - gap}M${x + gap} ${y}H${x + reach}M${x} ${y - reach}V${y - gap}M${x} ${y + gap}V${y + reach}`;
}

function ring(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
}
