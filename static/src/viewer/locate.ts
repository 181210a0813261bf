/** Locating: a click, a tap or the crosshair puts one mark on the film and fills the answer form. */
import type { Layers } from './layers';
import type { FilmPoint, ViewerOptions } from './options';
import type { Stage } from './stage';

const STILL_PX = 6;
const TAP_MS = 700;
const GRAB_PX = 24;

export class Locator {
  private readonly inputs: { row: HTMLInputElement; column: HTMLInputElement };

  constructor(
    private readonly stage: Stage,
    private readonly layers: Layers,
    private readonly options: ViewerOptions,
    form: HTMLFormElement,
    private readonly say: (text: string) => void,
    private readonly signal: AbortSignal,
  ) {
    const input = (name: string) => {
      const field = form.elements.namedItem(name);
      if (!(field instanceof HTMLInputElement)) throw new Error(`The answer form has no input "${name}".`);
      return field;
    };
    this.inputs = { row: input('row'), column: input('column') };
    this.restore();
    this.listen();
  }

  get mark(): FilmPoint | null {
    return this.layers.mark;
  }

  put(point: FilmPoint): void {
    const at = { row: round(clamp(point.row, this.options.rows)), column: round(clamp(point.column, this.options.columns)) };
    this.layers.mark = at;
    this.layers.crosshair = null;
    this.write(String(at.row), String(at.column));
    this.layers.draw();
    this.say('Mark placed. Click elsewhere to move it.');
    this.stage.element.dispatchEvent(new CustomEvent('viewer:located', { bubbles: true, detail: at }));
  }

  clear(): void {
    if (!this.layers.mark) return;
    this.layers.mark = null;
    this.write('', '');
    this.layers.draw();
    this.say('Mark removed.');
    this.stage.element.dispatchEvent(new CustomEvent('viewer:cleared', { bubbles: true }));
  }

  /** Moves the crosshair by film pixels; it starts from the mark, or else from the middle. */
  moveCrosshair(down: number, right: number): void {
    const { rows, columns } = this.options;
    const from = this.layers.crosshair ?? this.layers.mark ?? { row: rows / 2, column: columns / 2 };
    this.layers.crosshair = { row: clamp(from.row + down, rows), column: clamp(from.column + right, columns) };
    this.keepInView(this.layers.crosshair);
    this.layers.draw();
  }

  putAtCrosshair(): boolean {
    if (!this.layers.crosshair) return false;
    this.put(this.layers.crosshair);
    return true;
  }

  hideCrosshair(): void {
    this.layers.crosshair = null;
    this.layers.draw();
  }

  private restore(): void {
    const [row, column] = [this.inputs.row.value, this.inputs.column.value];
    if (row !== '' && column !== '' && Number.isFinite(Number(row)) && Number.isFinite(Number(column))) {
      this.layers.mark = { row: Number(row), column: Number(column) };
      this.layers.draw();
    }
  }

  private write(row: string, column: string): void {
    this.inputs.row.value = row;
    this.inputs.column.value = column;
    this.inputs.row.dispatchEvent(new Event('change', { bubbles: true }));
  }

  private listen(): void {
    const { element } = this.stage;
    let start: { x: number; y: number; time: number; id: number } | null = null;
    let fingers = 0;
    let grabbed = false;
    const options = { capture: true, signal: this.signal };
    const here = (event: PointerEvent): [number, number] => {
      const box = element.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    element.addEventListener('pointerdown', (event) => {
      fingers += event.pointerType === 'touch' ? 1 : 0;
      if (event.button !== 0 || fingers > 1) {
        start = null;
        return;
      }
      const [x, y] = here(event);
      start = { x, y, time: event.timeStamp, id: event.pointerId };
      grabbed = this.isNearMark(x, y);
      if (grabbed) element.setPointerCapture(event.pointerId);
    }, options);
    element.addEventListener('pointermove', (event) => {
      if (!start || !grabbed || event.pointerId !== start.id) return;
      const [x, y] = here(event);
      if (Math.hypot(x - start.x, y - start.y) <= STILL_PX) return;
      this.layers.mark = this.stage.toFilm(x, y);
      this.layers.draw();
    }, options);
    element.addEventListener('pointerup', (event) => {
      fingers = Math.max(fingers - 1, 0);
      if (!start || event.pointerId !== start.id) return;
      const [x, y] = here(event);
      const still = Math.hypot(x - start.x, y - start.y) <= STILL_PX && event.timeStamp - start.time < TAP_MS;
      const dragged = grabbed && !still;
      start = null;
      grabbed = false;
      const point = this.stage.toFilm(x, y);
      if (dragged || (still && this.isOnFilm(point))) this.put(point);
    }, options);
    element.addEventListener('pointercancel', () => {
      fingers = 0;
      start = null;
      grabbed = false;
    }, options);
    // While the mark is being dragged the film's own tools keep still.
    for (const name of ['mousemove', 'touchmove'] as const) {
      document.addEventListener(name, (event) => { if (grabbed) event.stopImmediatePropagation(); }, options);
    }
  }

  private isNearMark(x: number, y: number): boolean {
    if (!this.layers.mark) return false;
    const [markX, markY] = this.stage.toStage(this.layers.mark);
    return Math.hypot(x - markX, y - markY) <= GRAB_PX;
  }

  private isOnFilm(point: FilmPoint): boolean {
    const inside = (value: number, size: number) => value >= -0.5 && value <= size - 0.5;
    return inside(point.row, this.options.rows) && inside(point.column, this.options.columns);
  }

  private keepInView(point: FilmPoint): void {
    const [x, y] = this.stage.toStage(point);
    const { clientWidth: width, clientHeight: height } = this.stage.element;
    const margin = 40;
    const right = x < margin ? margin - x : x > width - margin ? width - margin - x : 0;
    const down = y < margin ? margin - y : y > height - margin ? height - margin - y : 0;
    if (this.stage.zoom > 1.01 && (right || down)) this.stage.panBy(right, down);
  }
}

const clamp = (value: number, size: number) => Math.min(Math.max(value, -0.5), size - 0.5);
const round = (value: number) => Math.round(value * 10) / 10;
